/// A value that a condition can compare and an index can hold: everything but maps and lists.
public enum Scalar: Sendable, Hashable {
    /// Null, and missing where conditions and orders are concerned.
    case null
    /// A boolean.
    case boolean(Bool)
    /// An integer.
    case integer(Int64)
    /// A finite float.
    case float(Double)
    /// UTF-8 bytes.
    case string(ArraySlice<UInt8>)
    /// Bytes.
    case binary(ArraySlice<UInt8>)
    /// A point in time.
    case timestamp(Timestamp)
    /// A decimal.
    case decimal(DecimalNumber)
    /// An ObjectId.
    case objectID(ObjectID)

    /// The operand at the reader's position; strings and binary share `storage`, over whose bytes the reader runs.
    /// - Throws: `invalidInput` for maps, lists and what breaks a rule of PROTOCOL.md section 3.
    init(_ reader: inout MessagePackReader, storage: ArraySlice<UInt8>) throws(SluiceError) {
        func slice(_ range: Range<Int>) -> ArraySlice<UInt8> {
            storage[storage.startIndex + range.lowerBound..<storage.startIndex + range.upperBound]
        }
        switch try reader.next() {
        case .null: self = .null
        case .boolean(let value): self = .boolean(value)
        case .integer(let value): self = .integer(value)
        case .oversizedInteger: throw ValueRules.oversizedInteger
        case .float(let value):
            try ValueRules.check(float: value)
            self = .float(value)
        case .string(let range):
            try ValueRules.check(text: UnsafeRawBufferPointer(rebasing: reader.bytes[range]))
            self = .string(slice(range))
        case .binary(let range): self = .binary(slice(range))
        case .ext(let type, let range): self = try Scalar(ext: type, UnsafeRawBufferPointer(rebasing: reader.bytes[range]))
        case .map, .list: throw .invalidInput("a map or list cannot be compared")
        }
    }

    /// From an extension value.
    init(ext type: Int8, _ payload: UnsafeRawBufferPointer) throws(SluiceError) {
        switch type {
        case ExtensionType.timestamp: self = .timestamp(try Timestamp(payload: payload))
        case ExtensionType.objectID: self = .objectID(try ObjectID(payload: payload))
        case ExtensionType.decimal: self = .decimal(try DecimalNumber(text: payload))
        default: throw .invalidInput("extension type \(type) is not one of timestamp (-1), ObjectId (1), decimal (2)")
        }
    }

    /// Whether `lt`, `lte`, `gt` and `gte` take it.
    public var isOrdered: Bool {
        switch self {
        case .integer, .float, .string, .timestamp: true
        default: false
        }
    }

    /// Appends the value as MessagePack.
    public func write(to writer: inout MessagePackWriter) {
        switch self {
        case .null: writer.null()
        case .boolean(let value): writer.boolean(value)
        case .integer(let value): writer.integer(value)
        case .float(let value): writer.float(value)
        case .string(let value): value.withUnsafeBytes { writer.string(utf8: $0) }
        case .binary(let value): value.withUnsafeBytes { writer.binary($0) }
        case .timestamp(let value): value.write(to: &writer)
        case .decimal(let value): value.write(to: &writer)
        case .objectID(let value): value.write(to: &writer)
        }
    }
}
