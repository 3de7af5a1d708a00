import SluiceProtocol

/// The key of one item: the hash key's value and, where the table has one, the range key's. A value; identical keys are asked for once.
struct DynamoKey: Hashable, Sendable {
    /// Hash first. Numbers that are equal are one key: an integral float is held as the integer.
    let values: [Scalar]

    init(_ values: [Scalar]) {
        self.values = values.map { value in
            guard case .float(let float) = value, let integer = Int64(exactly: float) else { return value }
            return .integer(integer)
        }
    }

    /// Why DynamoDB has no item with this key; nil when it may have one
    /// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-partition-sort-keys).
    var flaw: SluiceError? {
        for (number, value) in values.enumerated() {
            let bound = number == 0 ? Self.maxHashBytes : Self.maxRangeBytes
            switch value {
            case .string(let bytes), .binary(let bytes):
                if bytes.isEmpty { return .invalidInput("a key is empty: DynamoDB keeps only key texts and binaries of a byte or more") }
                if bytes.count > bound.value {
                    return .tooLarge(
                        "a key of \(bytes.count) bytes; DynamoDB takes at most \(bound.value)", limit: bound.name, value: bound.value)
                }
            case .float(let float) where !NumberText.holds(float):
                return .invalidInput("DynamoDB keeps no float outside 1e-130 to 9.99e125, and the key \(float) is one")
            default: break
            }
        }
        return nil
    }

    /// The longest hash key, bytes.
    static let maxHashBytes = (name: "maxHashKeyBytes", value: 2_048)
    /// The longest range key, bytes.
    static let maxRangeBytes = (name: "maxRangeKeyBytes", value: 1_024)
}
