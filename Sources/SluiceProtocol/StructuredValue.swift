/// A small tree of values for what is read and written rarely: definitions, configuration, statistics. Never for records, which stay bytes.
public indirect enum StructuredValue: Sendable, Equatable {
    /// null
    case null
    /// a boolean
    case boolean(Bool)
    /// an integer
    case integer(Int64)
    /// a float
    case float(Double)
    /// text
    case string(String)
    /// a list
    case list([StructuredValue])
    /// a map; the order of its entries is kept for people
    case map([Entry])

    /// One entry of a map.
    public struct Entry: Sendable, Equatable {
        /// The key.
        public var key: String
        /// The value.
        public var value: StructuredValue

        /// A key and its value.
        public init(_ key: String, _ value: StructuredValue) {
            self.key = key
            self.value = value
        }
    }

    /// A map from pairs, in their order.
    public static func map(_ pairs: KeyValuePairs<String, StructuredValue>) -> StructuredValue {
        .map(pairs.map { Entry($0.key, $0.value) })
    }

    /// The value of a map's key; nil when it is missing or this is no map.
    public subscript(key: String) -> StructuredValue? {
        guard case .map(let entries) = self else { return nil }
        return entries.first { $0.key == key }?.value
    }

    /// The text, when it is one.
    public var string: String? { if case .string(let value) = self { value } else { nil } }
    /// The integer, when it is one.
    public var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    /// The boolean, when it is one.
    public var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }

    /// What kind it is, for messages: "expected a string, found a list".
    public var kind: String {
        switch self {
        case .null: "null"
        case .boolean: "a boolean"
        case .integer: "an integer"
        case .float: "a float"
        case .string: "a string"
        case .list: "a list"
        case .map: "a map"
        }
    }

    /// Reads one value; binary and extension values are no part of structured values.
    /// - Throws: `invalidInput`.
    public init(_ reader: inout MessagePackReader, depth: Int = 0) throws(SluiceError) {
        guard depth <= Limits.maxDepth else { throw .invalidInput("it nests deeper than \(Limits.maxDepth)") }
        func text(_ range: Range<Int>) throws(SluiceError) -> String {
            let utf8 = UnsafeRawBufferPointer(rebasing: reader.bytes[range])
            try ValueRules.check(text: utf8)
            return String(decoding: utf8, as: UTF8.self)
        }
        switch try reader.next() {
        case .null: self = .null
        case .boolean(let value): self = .boolean(value)
        case .integer(let value): self = .integer(value)
        case .float(let value): self = .float(value)
        case .string(let range): self = .string(try text(range))
        case .list(let count):
            var elements: [StructuredValue] = []
            for _ in 0..<count { elements.append(try StructuredValue(&reader, depth: depth + 1)) }
            self = .list(elements)
        case .map(let count):
            var entries: [Entry] = []
            for _ in 0..<count {
                guard case .string(let range) = try reader.next() else { throw .invalidInput("a map key is not a string") }
                entries.append(Entry(try text(range), try StructuredValue(&reader, depth: depth + 1)))
            }
            self = .map(entries)
        case .oversizedInteger: throw ValueRules.oversizedInteger
        case .binary, .ext: throw .invalidInput("binary and extension values have no place here")
        }
    }

    /// Appends the value as MessagePack.
    public func write(to writer: inout MessagePackWriter) {
        switch self {
        case .null: writer.null()
        case .boolean(let value): writer.boolean(value)
        case .integer(let value): writer.integer(value)
        case .float(let value): writer.float(value)
        case .string(let value): writer.string(value)
        case .list(let elements):
            writer.listHead(elements.count)
            for element in elements { element.write(to: &writer) }
        case .map(let entries):
            writer.mapHead(entries.count)
            for entry in entries {
                writer.string(entry.key)
                entry.value.write(to: &writer)
            }
        }
    }

    /// The value as MessagePack bytes.
    public var messagePack: [UInt8] {
        var writer = MessagePackWriter()
        write(to: &writer)
        return writer.bytes
    }
}
