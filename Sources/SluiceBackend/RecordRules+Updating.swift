import SluiceProtocol

extension RecordRules {
    /// The changes of an update, checked once for all candidates.
    public struct Changes: Sendable {
        /// What is set, canonical.
        public let fields: Document
        /// What the object says of `id` and the key: it must be what is stored.
        public let fixed: [(name: String, value: Scalar)]

        /// The top-level fields that are set.
        public var names: Set<String> {
            var names: Set<String> = []
            fields.forEachField { name, _ in names.insert(String(decoding: name, as: UTF8.self)) }
            return names
        }
    }

    /// The names of `id` and the key, which never change.
    private var fixedNames: [String] { ["id"] + definition.keyFields.map(\.name).filter { $0 != "id" } }

    /// The changes that an update's object asks for.
    /// - Parameter isGenerated: the object's `id` is only for a record to be created.
    /// - Throws: `invalidInput` for a time-to-live attribute, an `id` or a key of another kind.
    public func changes(in object: Document, isGenerated: Bool = false) throws(SluiceError) -> Changes {
        var fixed: [(name: String, value: Scalar)] = []
        for name in fixedNames where !(isGenerated && name == "id") {
            switch object[name: name] {
            case .missing: continue
            case .scalar(let value): fixed.append((name, value))
            case .container: throw Self.fixedField(name)
            }
        }
        let time = try creationTime(in: object)
        return Changes(
            fields: object.canonical(
                setting: time.map { [(definition.timeToLive!.attribute, .timestamp($0))] } ?? [], dropping: fixedNames),
            fixed: fixed)
    }

    /// A record with changes applied.
    /// - Throws: `invalidInput` when `id` or a key field would change, or the result breaks a rule; `tooLarge`.
    public func record(_ stored: Document, applying changes: Changes) throws(SluiceError) -> Document {
        try check(changes.fixed, in: stored)
        let record = stored.merging(changes.fields)
        try check(record: record)
        return record
    }

    /// The record that replaces a stored one, keeping its `id` and, unless supplied, its time of creation.
    /// - Throws: `invalidInput` when `id` or a key field would change, or the result breaks a rule; `tooLarge`.
    public func record(_ stored: Document, replacedBy object: Document) throws(SluiceError) -> Document {
        try check(try changes(in: object).fixed, in: stored)
        var kept: [(name: String, value: Scalar)] = []
        if case .scalar(let id) = stored[name: "id"] { kept.append(("id", id)) }
        if let attribute = definition.timeToLive?.attribute {
            if let time = try creationTime(in: object) {
                kept.append((attribute, .timestamp(time)))
            } else if case .scalar(let time) = stored[name: attribute] {
                kept.append((attribute, time))
            }
        }
        let record = object.canonical(setting: kept)
        try check(record: record)
        return record
    }

    private func check(_ fixed: [(name: String, value: Scalar)], in stored: Document) throws(SluiceError) {
        for (name, value) in fixed {
            guard case .scalar(let current) = stored[name: name], current.hasValue(of: value) else { throw Self.fixedField(name) }
        }
    }

    /// The error for a change of `id` or a key field.
    public static func fixedField(_ name: String) -> SluiceError {
        SluiceError(
            .invalidInput, "'\(name)' cannot change: it differs from the stored record's",
            details: ["reason": "immutableField", "field": .string(name)])
    }
}
