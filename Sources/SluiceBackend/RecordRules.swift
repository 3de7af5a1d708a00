import SluiceProtocol

/// What every engine demands of records and filters before it touches its storage (PROTOCOL.md sections 3, 8 and 9). A value; engines keep
/// one for each repository.
public struct RecordRules: Sendable {
    /// Whose records.
    public let definition: RepositoryDefinition
    /// Fields that must hold no map or list: those of the key and of unique indexes.
    public let comparedFields: [FieldPath]
    let limits: Limits

    /// The rules that follow from a definition.
    public init(_ definition: RepositoryDefinition, limits: Limits) {
        self.definition = definition
        self.limits = limits
        var fields: [FieldPath] = []
        let keyPaths = definition.keyFields.compactMap { try? FieldPath($0.name) }
        for path in keyPaths + definition.indexes.filter(\.isUnique).flatMap(\.fields) where !fields.contains(path) { fields.append(path) }
        comparedFields = fields
    }

    /// Checks what no engine can answer.
    /// - Throws: `unsupported` for `like` on a generated `id`.
    public func check(_ filter: Filter) throws(SluiceError) {
        guard !definition.customId else { return }
        for condition in filter.conditions {
            if case .like = condition.test, condition.field == .id {
                throw SluiceError(
                    .unsupported, "'like' on 'id' needs a repository with 'customId': a generated id is no text on every engine")
            }
        }
    }

    /// When a record is gone, milliseconds since 1970; nil: never.
    public func expiry(of record: Document) -> Int64? {
        guard let timeToLive = definition.timeToLive, case .scalar(.timestamp(let created)) = record[name: timeToLive.attribute] else {
            return nil
        }
        let (lifetime, isHuge) = timeToLive.seconds.multipliedReportingOverflow(by: 1000)
        return isHuge ? .max : created.milliseconds.addingReportingOverflow(lifetime).overflow ? .max : created.milliseconds + lifetime
    }

    /// Whether a record may still be seen.
    public func isLive(_ record: Document, at now: Timestamp) -> Bool { expiry(of: record).map { $0 > now.milliseconds } ?? true }

    /// The time-to-live attribute as it is stored: whole seconds; nil when the object has none.
    /// - Throws: `invalidInput` for another kind.
    func creationTime(in object: Document) throws(SluiceError) -> Timestamp? {
        guard let attribute = definition.timeToLive?.attribute else { return nil }
        switch object[name: attribute] {
        case .missing: return nil
        case .scalar(.timestamp(let time)): return time.truncatedToSeconds
        default: throw .invalidInput("'\(attribute)' is the time-to-live attribute: it must be a timestamp, the time of creation")
        }
    }

    /// Checks a record as it would be stored.
    /// - Throws: `invalidInput` for a missing or mistyped key, or a map or list where values are compared; `tooLarge`.
    func check(record: Document) throws(SluiceError) {
        for key in definition.keyFields where key.name != "id" { _ = try keyValue(key, in: record) }
        for path in comparedFields {
            guard case .container = record[path] else { continue }
            throw .invalidInput("'\(path)' belongs to the key or a unique index: it must not be a map or a list")
        }
        guard record.bytes.count <= limits.maxRecordBytes else {
            throw .tooLarge(
                "a record of \(record.bytes.count) bytes; at most \(limits.maxRecordBytes)", limit: "maxRecordBytes",
                value: limits.maxRecordBytes)
        }
    }

    /// A key field's value.
    /// - Throws: `invalidInput` when it is missing or of another type.
    func keyValue(_ key: RepositoryDefinition.KeyField, in record: Document) throws(SluiceError) -> Scalar {
        guard case .scalar(let value) = record[name: key.name], key.type.admits(value) else {
            throw .invalidInput("the key field '\(key.name)' is required, of type \(key.type.rawValue)")
        }
        return value
    }
}
