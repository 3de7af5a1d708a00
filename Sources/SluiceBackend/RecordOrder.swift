import SluiceProtocol

/// The order of records (PROTOCOL.md section 5) without ties, for engines whose own order is another, and the places in it that page tokens
/// name. A value.
///
/// Behind the timestamps stand decimals, then ObjectIds, then maps and lists; those last are all alike and told apart by `id`.
public struct RecordOrder: Sendable {
    /// What the caller asked for.
    public let fields: [SortField]
    private let tieFields: [String]
    private let isTieDescending: Bool

    /// A caller's order; none is by `id`.
    /// - Parameter tieFields: top-level fields that tell records of one `id` apart, in an engine that does not keep `id` unique.
    public init(_ fields: [SortField], tieFields: [String] = []) {
        self.fields = fields
        self.tieFields = tieFields
        isTieDescending = fields.last?.isDescending ?? false
    }

    /// Where a record stands.
    public struct Place: Sendable {
        /// A value for each field of the order.
        public let keys: [OrderKey]
        /// `id`, then the fields that break ties.
        let ties: [OrderKey]

        /// The values of `id` and then of the fields that break ties; null where there is none that could be compared.
        public var tieValues: [Scalar] { ties.map { if case .value(let scalar) = $0 { scalar } else { .null } } }
    }

    /// Where a record stands.
    public func place(of record: Document) -> Place {
        Place(
            keys: fields.map { OrderKey(record[$0.field]) },
            ties: [OrderKey(record[name: "id"])] + tieFields.map { OrderKey(record[name: $0]) })
    }

    /// Whether one place comes before another.
    public func precedes(_ left: Place, _ right: Place) -> Bool {
        for (index, field) in fields.enumerated() {
            let comparison = left.keys[index].comparison(to: right.keys[index])
            if comparison != 0 { return (comparison < 0) != field.isDescending }
        }
        for (left, right) in zip(left.ties, right.ties) {
            let comparison = left.comparison(to: right)
            if comparison != 0 { return (comparison < 0) != isTieDescending }
        }
        return false
    }

    /// The token of a place. Its digest is the server's, which knows the repository's name.
    public func token(of place: Place) -> PageToken {
        PageToken(digest: 0, keys: place.keys.map(\.tokenKey), id: tieFields.isEmpty ? place.ties[0].text : Self.text(of: place.ties))
    }

    /// The place that a token names.
    /// - Throws: `invalidInput` (reason `badToken`) for one that `token(of:)` did not make.
    public func place(of token: PageToken) throws(SluiceError) -> Place {
        guard token.keys.count == fields.count else { throw OrderKey.badToken }
        var keys: [OrderKey] = []
        for key in token.keys { keys.append(try OrderKey(token: key)) }
        let ties = tieFields.isEmpty ? [.value(.string(ArraySlice(token.id.utf8)))] : try Self.ties(token.id)
        guard ties.count == 1 + tieFields.count else { throw OrderKey.badToken }
        return Place(keys: keys, ties: ties)
    }

    // MARK: several ties in a token's one text

    private static func text(of ties: [OrderKey]) -> String {
        var writer = MessagePackWriter()
        writer.listHead(ties.count)
        for tie in ties { tie.tokenKey.write(to: &writer) }
        return Base64.encodeURLSafe(writer.bytes)
    }

    private static func ties(_ text: String) throws(SluiceError) -> [OrderKey] {
        guard let bytes = Base64.decode(text.utf8), let ties = try? decode(bytes[...]) else { throw OrderKey.badToken }
        return ties
    }

    private static func decode(_ bytes: ArraySlice<UInt8>) throws(SluiceError) -> [OrderKey] {
        try bytes.withBytes { buffer throws(SluiceError) in
            var reader = MessagePackReader(buffer)
            guard case .list(let count) = try reader.next() else { throw OrderKey.badToken }
            var ties: [OrderKey] = []
            for _ in 0..<count { ties.append(try OrderKey(token: try Scalar(reading: &reader, storage: bytes))) }
            guard reader.isAtEnd else { throw OrderKey.badToken }
            return ties
        }
    }
}
