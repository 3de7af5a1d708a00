import SluiceBackend
import SluiceProtocol

extension SQLiteConnection {
    /// How a question is answered: SQLite's own word (https://www.sqlite.org/eqp.html), and a run over the first page. How many rows it
    /// looked at SQLite does not say.
    func explanation(_ query: RecordQuery, _ compiler: QueryCompiler, _ layout: TableLayout) throws(SluiceError) -> Explanation {
        try layout.rules.check(query.filter)
        let wanted = min(query.pageSize ?? query.limit ?? limits.maxPageSize, limits.maxPageSize)
        var explanation = Explanation(plan: [], records: 0)
        for statement in try compiler.pages(compiler.sorts(query) ? "rowid" : "\"body\"", query, limit: wanted) {
            try database.forEachRow(statement.explained) { row throws(SluiceError) in
                explanation.plan.append(try row.withText(at: 3) { String(decoding: $0, as: UTF8.self) })
                return true
            }
            guard explanation.records < wanted else { continue }
            try database.forEachRow(statement) { _ in
                explanation.records += 1
                return explanation.records < wanted
            }
        }
        return explanation
    }
}
