import SluiceProtocol

/// A tree of anything a record may hold, written as a literal: tests compare whole records with it. Equal means the same kinds with the
/// same contents, as a round trip must keep them.
public indirect enum RecordValue: Sendable {
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
    /// bytes
    case binary([UInt8])
    /// milliseconds since 1970
    case timestamp(Int64)
    /// canonical text
    case decimal(String)
    /// 24 hexadecimal digits
    case objectID(String)
    /// a list
    case list([RecordValue])
    /// a map
    case map([ExactText: RecordValue])

    /// A map of names that are not literals.
    public init(_ fields: [String: RecordValue]) {
        self = .map(Dictionary(uniqueKeysWithValues: fields.map { (ExactText($0), $1) }))
    }

    /// The field of a map; nil when it is missing.
    public subscript(name: String) -> RecordValue? {
        get { if case .map(let fields) = self { fields[ExactText(name)] } else { nil } }
        set {
            guard case .map(var fields) = self else { return }
            fields[ExactText(name)] = newValue
            self = .map(fields)
        }
    }

    /// The text of a string, else nothing.
    public var text: String { if case .string(let text) = self { text } else { "" } }

    /// The record's `id`.
    public var id: RecordValue { self["id"] ?? .null }
}

extension RecordValue: Equatable {
    /// The same kind and contents; floats bit by bit, maps in any order.
    public static func == (left: RecordValue, right: RecordValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.boolean(let left), .boolean(let right)): left == right
        case (.integer(let left), .integer(let right)): left == right
        case (.float(let left), .float(let right)): left.bitPattern == right.bitPattern
        // By bytes: Swift's strings are equal when they look alike, records' are not.
        case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
        case (.binary(let left), .binary(let right)): left == right
        case (.timestamp(let left), .timestamp(let right)): left == right
        case (.decimal(let left), .decimal(let right)): left == right
        case (.objectID(let left), .objectID(let right)): left == right
        case (.list(let left), .list(let right)): left == right
        case (.map(let left), .map(let right)): left == right
        default: false
        }
    }
}

extension RecordValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByStringInterpolation
{
    /// null
    public init(nilLiteral: ()) { self = .null }
    /// a boolean
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    /// an integer
    public init(integerLiteral value: Int64) { self = .integer(value) }
    /// a float
    public init(floatLiteral value: Double) { self = .float(value) }
    /// text
    public init(stringLiteral value: String) { self = .string(value) }
    /// a list
    public init(arrayLiteral elements: RecordValue...) { self = .list(elements) }
    /// a map
    public init(dictionaryLiteral elements: (ExactText, RecordValue)...) { self = .map(Dictionary(elements) { _, last in last }) }
}

extension RecordValue {
    /// Appends the value as MessagePack.
    public func write(to writer: inout MessagePackWriter) {
        switch self {
        case .null: writer.null()
        case .boolean(let value): writer.boolean(value)
        case .integer(let value): writer.integer(value)
        case .float(let value): writer.float(value)
        case .string(let value): writer.string(value)
        case .binary(let value): value.withUnsafeBytes { writer.binary($0) }
        case .timestamp(let milliseconds): Timestamp(milliseconds: milliseconds)!.write(to: &writer)
        case .decimal(let text): Array(text.utf8).withUnsafeBytes { writer.ext(ExtensionType.decimal, $0) }
        case .objectID(let hex): ObjectID(hex: hex.utf8)!.write(to: &writer)
        case .list(let elements):
            writer.listHead(elements.count)
            for element in elements { element.write(to: &writer) }
        case .map(let fields):
            writer.mapHead(fields.count)
            for (name, value) in fields {
                writer.string(name.text)
                value.write(to: &writer)
            }
        }
    }

    /// The value as MessagePack.
    public var messagePack: [UInt8] {
        var writer = MessagePackWriter()
        write(to: &writer)
        return writer.bytes
    }

    /// Reads one value.
    /// - Throws: `invalidInput`.
    public init(_ reader: inout MessagePackReader) throws(SluiceError) {
        func text(_ range: Range<Int>) -> String { String(decoding: reader.bytes[range], as: UTF8.self) }
        switch try reader.next() {
        case .null: self = .null
        case .boolean(let value): self = .boolean(value)
        case .integer(let value): self = .integer(value)
        case .float(let value): self = .float(value)
        case .string(let range): self = .string(text(range))
        case .binary(let range): self = .binary(Array(reader.bytes[range]))
        case .oversizedInteger: throw .invalidInput("an integer over 2^63-1")
        case .ext(let type, let range):
            let payload = UnsafeRawBufferPointer(rebasing: reader.bytes[range])
            switch type {
            case ExtensionType.timestamp: self = .timestamp(try Timestamp(payload: payload).milliseconds)
            case ExtensionType.objectID: self = .objectID(try ObjectID(payload: payload).hex)
            default: self = .decimal(text(range))
            }
        case .list(let count):
            var elements: [RecordValue] = []
            for _ in 0..<count { elements.append(try RecordValue(&reader)) }
            self = .list(elements)
        case .map(let count):
            var fields: [ExactText: RecordValue] = [:]
            for _ in 0..<count {
                guard case .string(let range) = try reader.next() else { throw .invalidInput("a map key is not a string") }
                fields[ExactText(text(range))] = try RecordValue(&reader)
            }
            self = .map(fields)
        }
    }

    /// A record as it was answered.
    public init(_ document: Document) throws(SluiceError) {
        self = try document.bytes.withBytes { bytes throws(SluiceError) in
            var reader = MessagePackReader(bytes)
            return try RecordValue(&reader)
        }
    }
}

extension RecordValue: CustomStringConvertible {
    /// Extended JSON, the beginning of it.
    public var description: String {
        var text: [UInt8] = []
        messagePack.withUnsafeBytes { bytes in
            var reader = MessagePackReader(bytes)
            ExtendedJSON.json(fromMessagePack: &reader, appendTo: &text)
        }
        return String(decoding: text.prefix(1_000), as: UTF8.self)
    }
}
