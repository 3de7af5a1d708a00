/// The types of BSON's elements (https://bsonspec.org/spec.html), by the byte before each element's name.
enum BSONType: UInt8 {
    case double = 0x01
    case string = 0x02
    case document = 0x03
    case array = 0x04
    case binary = 0x05
    case undefined = 0x06
    case objectID = 0x07
    case boolean = 0x08
    case date = 0x09
    case null = 0x0a
    case regularExpression = 0x0b
    case dbPointer = 0x0c
    case code = 0x0d
    case symbol = 0x0e
    case codeWithScope = 0x0f
    case int32 = 0x10
    case timestamp = 0x11
    case int64 = 0x12
    case decimal128 = 0x13
    case maxKey = 0x7f
    case minKey = 0xff
}
