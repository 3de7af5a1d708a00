import SluiceProtocol

extension RecordRules {
    /// Which record an upsert or a replace means: the one with this `id`, or with this key, or one that has both.
    public struct Address: Sendable {
        /// The `id`, when the object gives it.
        public var id: ArraySlice<UInt8>?
        /// The key's values, hash first, when it is not `id` and the object gives it whole.
        public var key: [Scalar]?

        /// Whether it means no record.
        public var isEmpty: Bool { id == nil && key == nil }
    }

    /// The address that an object gives.
    /// - Parameter isGenerated: the `id` is only the one to use if the record is created.
    /// - Throws: `invalidInput` when `id` or a key field is of another kind.
    public func address(of object: Document, isGenerated: Bool = false) throws(SluiceError) -> Address {
        var address = Address()
        if !isGenerated || definition.isKeyedById {
            switch object[name: "id"] {
            case .missing: break
            case .scalar(.string(let id)): address.id = id
            default: throw .invalidInput("'id' must be a string")
            }
        }
        guard !definition.isKeyedById else { return address }
        var key: [Scalar] = []
        for field in definition.keyFields {
            if case .missing = object[name: field.name] { return address }
            key.append(try keyValue(field, in: object))
        }
        address.key = key
        return address
    }
}
