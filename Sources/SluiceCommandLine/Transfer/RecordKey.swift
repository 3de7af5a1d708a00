import SluiceClient

/// Which fields tell a repository's records apart. A value made from its definition.
struct RecordKey: Equatable {
    /// A record's own, one for each field.
    typealias Value = [Scalar]

    /// `id`, or the hash key and the range key.
    let fields: [String]

    /// From a definition (PROTOCOL.md section 9).
    init(_ definition: StructuredValue) {
        fields = [definition["hashKey"]?.string ?? "id"] + [definition["rangeKey"]?.string].compactMap(\.self)
    }

    /// The record's key; nil when a part is missing.
    func value(in record: Document) -> Value? {
        var value: Value = []
        for field in fields {
            guard case .scalar(let part) = record[name: field] else { return nil }
            value.append(part)
        }
        return value
    }
}
