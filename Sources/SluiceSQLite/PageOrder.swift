import SluiceProtocol

/// An order without ties, and what lies behind a place in it. A value.
struct PageOrder {
    /// The fields that decide; `id` is the last, since no two records share it.
    let fields: [SortField]

    /// A caller's order, ties by `id` in the direction of its last field; none is by `id`.
    init(_ order: [SortField]) {
        if let position = order.firstIndex(where: { $0.field == .id }) {
            fields = Array(order[...position])
        } else {
            fields = order + [SortField(.id, isDescending: order.last?.isDescending ?? false)]
        }
    }

    /// What must hold of a field's value.
    enum Relation: Equatable {
        case isNull, isNotNull
        case isEqual(SQLiteValue), isLess(SQLiteValue), isGreater(SQLiteValue)
    }

    /// A part of the order that is one range of an index: equal in the first fields, then a bound on the next.
    struct Range: Equatable {
        /// For the first fields, in order.
        var bounds: [(field: FieldPath, relation: Relation)]

        static func == (left: Range, right: Range) -> Bool { left.bounds.elementsEqual(right.bounds) { $0 == $1 } }
    }

    /// The ranges that lie behind a token's place, in order: first those that agree with it in all fields but the last, at last those
    /// behind it in the first.
    ///
    /// One comparison of rows would not do, since SQL's comparisons know no NULL: ascending it comes first, descending last.
    /// - Throws: `invalidInput` for a token that is none of this engine's.
    func ranges(after token: PageToken) throws(SluiceError) -> [Range] {
        var values: [SQLiteValue] = []
        for (field, key) in zip(fields, token.keys) where field.field != .id { values.append(try SQLiteValue(token: key)) }
        values.append(.text(ArraySlice(token.id.utf8)))
        guard values.count == fields.count else { throw .invalidInput("the page token belongs to another order", reason: "badToken") }
        var ranges: [Range] = []
        for index in fields.indices.reversed() {
            let equal = (0..<index).map {
                (field: fields[$0].field, relation: values[$0] == .null ? Relation.isNull : .isEqual(values[$0]))
            }
            for relation in Self.behind(values[index], fields[index]) {
                ranges.append(Range(bounds: equal + [(fields[index].field, relation)]))
            }
        }
        return ranges
    }

    private static func behind(_ value: SQLiteValue, _ field: SortField) -> [Relation] {
        switch (value, field.isDescending) {
        case (.null, false): [.isNotNull]
        case (.null, true): []
        case (_, false): [.isGreater(value)]
        case (_, true): field.field == .id ? [.isLess(value)] : [.isLess(value), .isNull]
        }
    }

    /// The token of a record's place.
    func token(of record: Document, order: [SortField]) -> PageToken {
        var id = ""
        if case .scalar(.string(let utf8)) = record[name: "id"] { id = String(decoding: utf8, as: UTF8.self) }
        // The digest is the server's, which knows the repository's name.
        return PageToken(digest: 0, keys: order.map { SQLiteValue(record[$0.field]).tokenKey }, id: id)
    }
}
