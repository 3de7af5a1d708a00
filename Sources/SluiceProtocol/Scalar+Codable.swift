// Sluice's own kinds in typed records. Its record encoder and decoder keep the kind; any other coder sees text, as people write it.

extension Timestamp: Codable {
    /// RFC 3339 text.
    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(description) }

    /// From RFC 3339 text.
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("a timestamp") { Timestamp(text: $0) }
    }
}

extension ObjectID: Codable {
    /// 24 hexadecimal digits.
    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(hex) }

    /// From 24 hexadecimal digits.
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("an ObjectId") { ObjectID(hex: Array($0.utf8), lowercaseOnly: false) }
    }
}

extension DecimalNumber: Codable {
    /// The canonical text.
    public func encode(to encoder: any Encoder) throws { try encoder.encodeText(text) }

    /// From text.
    public init(from decoder: any Decoder) throws {
        self = try decoder.decodeText("a decimal") { try? DecimalNumber($0) }
    }

    /// From text: `-`? digits (`.` digits)? ([eE] [+-]? digits)?
    /// - Throws: `invalidInput` when the text is no such number, has over 38 digits, or its exponent is out of −6176 … 6111.
    public init(_ text: String) throws(SluiceError) {
        self = try Array(text.utf8)[...].withBytes { bytes throws(SluiceError) in try DecimalNumber(text: bytes) }
    }
}

extension Encoder {
    fileprivate func encodeText(_ text: String) throws {
        var container = singleValueContainer()
        try container.encode(text)
    }
}

extension Decoder {
    fileprivate func decodeText<Value>(_ what: String, _ read: (String) -> Value?) throws -> Value {
        let container = try singleValueContainer()
        guard let value = read(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not the text of \(what)")
        }
        return value
    }
}
