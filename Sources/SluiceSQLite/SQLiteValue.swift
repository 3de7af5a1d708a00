import SluiceProtocol

/// A scalar as SQLite stores and compares it. SQLite's own order (NULL, numbers by value, text by bytes, blobs by bytes;
/// https://www.sqlite.org/datatype3.html section 4) is the contract's, because every kind that SQLite lacks is a blob whose first byte
/// stands for the kind's place in the order.
enum SQLiteValue: Equatable, Sendable {
    /// Null and missing.
    case null
    /// An integer.
    case integer(Int64)
    /// A float.
    case float(Double)
    /// A string.
    case text(ArraySlice<UInt8>)
    /// Everything else.
    case blob(ArraySlice<UInt8>)

    /// The first byte of a blob.
    enum Kind: UInt8 {
        /// Then the bytes.
        case binary = 1
        /// Then 0 or 1.
        case boolean = 2
        /// Then milliseconds, 8 bytes big-endian, the sign bit inverted so that bytes compare as numbers.
        case timestamp = 3
        /// Then a text that is the same for the same value.
        case decimal = 4
        /// Then 12 bytes.
        case objectID = 5
        /// A map or list: nothing follows, so that all are alike.
        case container = 6

        /// The least blob of this kind or later ones.
        var floor: SQLiteValue { .blob([rawValue]) }
    }

    /// All maps and lists.
    static let container = SQLiteValue.blob([Kind.container.rawValue])

    /// A scalar.
    init(_ scalar: Scalar) {
        switch scalar {
        case .null: self = .null
        case .boolean(let value): self = .blob([Kind.boolean.rawValue, value ? 1 : 0])
        case .integer(let value): self = .integer(value)
        case .float(let value): self = .float(value)
        case .string(let utf8): self = .text(utf8)
        case .binary(let bytes): self = .blob([Kind.binary.rawValue] + bytes)
        case .timestamp(let time): self = .init(time)
        case .decimal(let number): self = .blob([Kind.decimal.rawValue] + number.valueText.utf8)
        case .objectID(let id): self = .init(id)
        }
    }

    /// A record's field.
    init(_ field: Document.Field) {
        switch field {
        case .missing: self = .null
        case .container: self = .container
        case .scalar(let scalar): self = SQLiteValue(scalar)
        }
    }

    private init(_ time: Timestamp) {
        let biased = UInt64(bitPattern: time.milliseconds) ^ 1 << 63
        self = .blob(ArraySlice(unsafeBytes: biased.bigEndian, after: .timestamp))
    }

    private init(_ id: ObjectID) {
        var writer = MessagePackWriter()
        id.write(to: &writer)
        self = .blob([Kind.objectID.rawValue] + writer.bytes.suffix(12))
    }

    /// From a page token.
    /// - Throws: `invalidInput` for kinds that no token of ours holds.
    init(token key: Scalar) throws(SluiceError) {
        switch key {
        case .null: self = .null
        case .integer(let value): self = .integer(value)
        case .float(let value): self = .float(value)
        case .string(let utf8): self = .text(utf8)
        case .binary(let bytes): self = .blob(bytes)
        default: throw .invalidInput("the page token is not one that this engine made", reason: "badToken")
        }
    }

    /// As a page token keeps it.
    var tokenKey: Scalar {
        switch self {
        case .null: .null
        case .integer(let value): .integer(value)
        case .float(let value): .float(value)
        case .text(let utf8): .string(utf8)
        case .blob(let bytes): .binary(bytes)
        }
    }
}

extension ArraySlice<UInt8> {
    fileprivate init(unsafeBytes value: UInt64, after kind: SQLiteValue.Kind) {
        self = [kind.rawValue]
        Swift.withUnsafeBytes(of: value) { append(contentsOf: $0) }
    }
}
