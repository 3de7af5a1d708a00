import SluiceProtocol

/// From questions to SQL statements. A value; one for each batch, since it holds the time at which records count as expired.
struct QueryCompiler {
    private let layout: TableLayout
    private let filters: FilterCompiler
    /// Milliseconds since 1970.
    let now: Int64

    /// For one table at one time.
    init(_ layout: TableLayout, now: Int64) {
        self.layout = layout
        self.now = now
        filters = FilterCompiler(layout)
    }

    /// `SELECT columns` of the records that match.
    /// - Parameter limit: at most so many; nil: all.
    func select(_ columns: String, _ filter: Filter, limit: Int? = nil) -> SQLiteQuery {
        var query = matching(columns, filter)
        if let limit {
            query.append(" LIMIT ")
            query.append(.integer(Int64(limit)))
        }
        return query
    }

    /// `DELETE` of a record if it matches. The last value is its row, to be bound.
    func delete(_ filter: Filter) -> SQLiteQuery {
        var query = SQLiteQuery("DELETE FROM \(layout.table)")
        appendConditions(filter, to: &query)
        query.startCondition()
        query.append("rowid = ")
        query.append(.null)
        return query
    }

    /// Whether the engine finds a question's order by sorting every record that matches, not by walking an index.
    func sorts(_ query: RecordQuery) -> Bool { layout.column(of: PageOrder(query.order).fields[0].field) == nil }

    /// The statements that give `columns` of a question's records one after the other, each at most `limit`: one from the start, and from a
    /// page token one for each range of the order's index that lies behind it.
    /// - Throws: `invalidInput` for a token that is none of this engine's.
    func pages(_ columns: String, _ query: RecordQuery, limit: Int) throws(SluiceError) -> [SQLiteQuery] {
        let order = PageOrder(query.order)
        guard let after = query.after else {
            var statement = matching(columns, query.filter)
            append(order, to: &statement)
            append(limit: limit, offset: query.offset, to: &statement)
            return [statement]
        }
        let ranges = try order.ranges(after: after)
        // Without an index every statement would sort anew: one has to do.
        return (sorts(query) ? [ranges] : ranges.map { [$0] }).map { ranges in
            var statement = matching(columns, query.filter)
            append(anyOf: ranges, to: &statement)
            append(order, to: &statement)
            append(limit: limit, offset: 0, to: &statement)
            return statement
        }
    }

    private func matching(_ columns: String, _ filter: Filter) -> SQLiteQuery {
        var query = SQLiteQuery("SELECT \(columns) FROM \(layout.table)")
        appendConditions(filter, to: &query)
        return query
    }

    private func appendConditions(_ filter: Filter, to query: inout SQLiteQuery) {
        filters.append(filter, to: &query)
        guard layout.expires else { return }
        query.startCondition()
        query.append("\(TableLayout.isLive) ")
        query.append(.integer(now))
    }

    private func append(_ order: PageOrder, to query: inout SQLiteQuery) {
        for (index, field) in order.fields.enumerated() {
            query.append(index == 0 ? " ORDER BY " : ", ")
            filters.appendField(field.field, to: &query)
            if field.isDescending { query.append(" DESC") }
        }
    }

    private func append(limit: Int, offset: Int, to query: inout SQLiteQuery) {
        query.append(" LIMIT ")
        query.append(.integer(Int64(limit)))
        guard offset > 0 else { return }
        query.append(" OFFSET ")
        query.append(.integer(Int64(offset)))
    }

    private func append(anyOf ranges: [PageOrder.Range], to query: inout SQLiteQuery) {
        query.startCondition()
        if ranges.isEmpty { return query.append("0") }
        query.append("(")
        for (index, range) in ranges.enumerated() {
            if index > 0 { query.append(" OR ") }
            for (index, bound) in range.bounds.enumerated() {
                if index > 0 { query.append(" AND ") }
                filters.appendField(bound.field, to: &query)
                append(bound.relation, to: &query)
            }
        }
        query.append(")")
    }

    private func append(_ relation: PageOrder.Relation, to query: inout SQLiteQuery) {
        switch relation {
        case .isNull: query.append(" IS NULL")
        // Everything that is not NULL, in a form that an index serves: numbers come first, and none is less than this.
        case .isNotNull: query.append(" >= -9e999")
        case .isEqual(let value): query.append(" = ", value)
        case .isLess(let value): query.append(" < ", value)
        case .isGreater(let value): query.append(" > ", value)
        }
    }
}

extension SQLiteQuery {
    fileprivate mutating func append(_ sql: String, _ value: SQLiteValue) {
        append(sql)
        append(value)
    }
}
