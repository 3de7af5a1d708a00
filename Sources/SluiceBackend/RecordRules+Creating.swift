import SluiceProtocol

extension RecordRules {
    /// The record that a create stores and answers: canonical, with its `id` and time of creation.
    /// - Parameters:
    ///   - isGenerated: the stub chose the `id`.
    ///   - newID: makes an `id` for an object without one.
    /// - Throws: `invalidInput`, `tooLarge`.
    public func record(
        creating object: Document, isGenerated: Bool, now: Timestamp, newID: () -> ObjectID
    ) throws(SluiceError) -> Document {
        var added: [(name: String, value: Scalar)] = []
        if definition.customId {
            try checkOwnId(of: object, isGenerated: isGenerated)
        } else if try needsId(object) {
            added.append(("id", .string(ArraySlice(newID().hex.utf8))))
        }
        if let timeToLive = definition.timeToLive {
            added.append((timeToLive.attribute, .timestamp(try creationTime(in: object) ?? now.truncatedToSeconds)))
        }
        let record = object.canonical(setting: added)
        try check(record: record)
        return record
    }

    private func checkOwnId(of object: Document, isGenerated: Bool) throws(SluiceError) {
        guard !isGenerated else { throw .invalidInput("'id' is the caller's own in this repository and cannot be generated") }
        guard case .scalar(.string(let id)) = object[name: "id"], !id.isEmpty else {
            throw .invalidInput("'id' is required in this repository: a string that is not empty")
        }
    }

    private func needsId(_ object: Document) throws(SluiceError) -> Bool {
        switch object[name: "id"] {
        case .missing: return true
        case .scalar(.string(let id)) where Self.hasGeneratedForm(id): return false
        default: throw .invalidInput("'id' must be 24 lowercase hexadecimal digits, or absent, in a repository without 'customId'")
        }
    }

    /// Whether it is 24 lowercase hexadecimal digits. A loop of its own, since this is looked at for every create.
    private static func hasGeneratedForm(_ id: ArraySlice<UInt8>) -> Bool {
        guard id.count == 24 else { return false }
        for digit in id where !(0x30...0x39).contains(digit) && !(0x61...0x66).contains(digit) { return false }
        return true
    }
}
