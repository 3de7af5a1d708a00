/// SQL text and the values of its parameters, in order. Nothing of a caller's gets into the text but through `SQLiteName`.
struct SQLiteQuery: Equatable, Sendable {
    /// The SQL so far.
    private(set) var text: String
    /// One for each `?`.
    private(set) var values: [SQLiteValue] = []
    private var hasCondition = false

    /// Starts with SQL of our own.
    init(_ text: String) { self.text = text }

    /// The question how SQLite would run it.
    var explained: SQLiteQuery {
        var query = self
        query.text = "EXPLAIN QUERY PLAN " + text
        return query
    }

    /// Appends SQL of our own.
    mutating func append(_ sql: String) { text += sql }

    /// Appends a parameter and its value.
    mutating func append(_ value: SQLiteValue) {
        text += "?"
        values.append(value)
    }

    /// Starts the next condition of all that must hold.
    mutating func startCondition() {
        text += hasCondition ? " AND " : " WHERE "
        hasCondition = true
    }
}
