import SluiceProtocol

/// Any value that Sluice can hold, for records without a type of their own. A caller's value.
///
///     let ann: Record = ["email": "ann@example.org", "age": 41, "tags": ["a", "b"], "parent": nil]
public enum Value: Sendable, Hashable {
    /// Null.
    case null
    /// A boolean.
    case boolean(Bool)
    /// An integer.
    case integer(Int64)
    /// A finite float.
    case float(Double)
    /// Text.
    case string(String)
    /// Bytes.
    case binary([UInt8])
    /// A point in time.
    case timestamp(Timestamp)
    /// A decimal.
    case decimal(DecimalNumber)
    /// An ObjectId.
    case objectID(ObjectID)
    /// A list.
    case list([Value])
    /// A map.
    case map([String: Value])
}

/// A record as a dictionary: top-level names and their values.
public typealias Record = [String: Value]

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// Text.
    public init(stringLiteral value: String) { self = .string(value) }
    /// An integer.
    public init(integerLiteral value: Int64) { self = .integer(value) }
    /// A float.
    public init(floatLiteral value: Double) { self = .float(value) }
    /// A boolean.
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    /// Null.
    public init(nilLiteral: ()) { self = .null }
    /// A list.
    public init(arrayLiteral elements: Value...) { self = .list(elements) }
    /// A map; of a key that comes twice the last counts.
    public init(dictionaryLiteral elements: (String, Value)...) { self = .map(Dictionary(elements) { $1 }) }
}

extension Value {
    /// From a scalar.
    public init(_ scalar: Scalar) {
        switch scalar {
        case .null: self = .null
        case .boolean(let value): self = .boolean(value)
        case .integer(let value): self = .integer(value)
        case .float(let value): self = .float(value)
        case .string(let utf8): self = .string(String(decoding: utf8, as: UTF8.self))
        case .binary(let bytes): self = .binary(Array(bytes))
        case .timestamp(let value): self = .timestamp(value)
        case .decimal(let value): self = .decimal(value)
        case .objectID(let value): self = .objectID(value)
        }
    }

    /// From anything that stands for a scalar: `Value(Date.now)`, `Value(count)`.
    /// - Throws: `invalidInput` for what Sluice cannot hold.
    public init(_ value: some ScalarConvertible) throws(SluiceError) { self.init(try value.scalar()) }

    /// The scalar, for conditions; nil for a list or a map.
    public var scalar: Scalar? {
        switch self {
        case .null: .null
        case .boolean(let value): .boolean(value)
        case .integer(let value): .integer(value)
        case .float(let value): .float(value)
        case .string(let value): .string(Array(value.utf8)[...])
        case .binary(let value): .binary(value[...])
        case .timestamp(let value): .timestamp(value)
        case .decimal(let value): .decimal(value)
        case .objectID(let value): .objectID(value)
        case .list, .map: nil
        }
    }

    /// The value as a Swift type: `record["age"]?.as(Int.self)`.
    /// - Returns: nil when it is of another kind, or does not fit.
    public func `as`<T: ScalarConvertible>(_ type: T.Type = T.self) -> T? { scalar.flatMap { T(scalar: $0) } }

    /// The text, when it is one.
    public var string: String? { if case .string(let value) = self { value } else { nil } }

    /// The integer, when it is one.
    public var integer: Int64? { if case .integer(let value) = self { value } else { nil } }

    /// The value of a map's key; nil when it is missing or this is no map.
    public subscript(key: String) -> Value? { if case .map(let entries) = self { entries[key] } else { nil } }
}

extension Value {
    /// Appends the value as MessagePack.
    func write(to writer: inout MessagePackWriter) {
        switch self {
        case .list(let elements):
            writer.listHead(elements.count)
            for element in elements { element.write(to: &writer) }
        case .map(let entries):
            writer.mapHead(entries.count)
            for (key, value) in entries {
                writer.string(key)
                value.write(to: &writer)
            }
        case .string(let text): writer.string(text)
        default: scalar?.write(to: &writer)
        }
    }

    /// Reads the value at the reader's position, which lies in a checked document.
    init(_ reader: inout MessagePackReader, storage: ArraySlice<UInt8>) throws(SluiceError) {
        var ahead = reader
        switch try ahead.next() {
        case .list(let count):
            reader = ahead
            var elements: [Value] = []
            for _ in 0..<count { elements.append(try Value(&reader, storage: storage)) }
            self = .list(elements)
        case .map(let count):
            reader = ahead
            var entries: [String: Value] = [:]
            for _ in 0..<count {
                guard case .string(let key) = try Scalar(reading: &reader, storage: storage) else {
                    throw .invalidInput("a map key is not a string")
                }
                entries[String(decoding: key, as: UTF8.self)] = try Value(&reader, storage: storage)
            }
            self = .map(entries)
        default: self = Value(try Scalar(reading: &reader, storage: storage))
        }
    }
}
