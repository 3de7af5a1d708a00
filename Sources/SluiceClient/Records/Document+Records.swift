import SluiceProtocol

extension Document {
    /// A record's bytes: from a type of the caller's, or from a `Record`.
    /// - Throws: `invalidInput` when the value is no map, or holds what Sluice cannot.
    public init(encoding record: some Encodable) throws(SluiceError) {
        self = try Document(validating: try RecordEncoder.encode(record)[...])
    }

    /// The record as a type of the caller's.
    /// - Throws: `invalidInput` with reason `recordType` when the record is of another shape, naming the field.
    public func decoded<Record: Decodable>(as type: Record.Type = Record.self) throws(SluiceError) -> Record {
        try RecordDecoder.decode(type, from: self)
    }

    /// The record as a dictionary.
    public var record: Record {
        // A document has been checked before: reading it cannot fail.
        (try? decoded(as: Record.self)) ?? [:]
    }

    /// The record's `id`, when it has one that is text.
    public var id: String? {
        guard case .scalar(let scalar) = self[name: "id"] else { return nil }
        return String(scalar: scalar)
    }
}
