import SluiceProtocol
import SluiceTesting

extension Filter {
    /// Conditions as they stand on the wire.
    init(_ conditions: [RecordValue]) throws(SluiceError) {
        let arguments = try RequestArguments([0x81, 0x01] + RecordValue.list(conditions).messagePack[...])
        guard case .getOne(let filter) = try RepositoryOperation(.getOne, repository: "items", arguments, maxPageSize: 1) else {
            preconditionFailure("getOne is getOne")
        }
        self = filter
    }
}

extension Document {
    /// A record.
    init(_ value: RecordValue) throws(SluiceError) { try self.init(validating: value.messagePack[...]) }
}

extension SortField {
    /// `"field"` ascending, `"-field"` descending.
    static func by(_ text: String) throws -> SortField {
        SortField(try FieldPath(text.hasPrefix("-") ? String(text.dropFirst()) : text), isDescending: text.hasPrefix("-"))
    }
}
