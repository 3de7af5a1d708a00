import CSQLite
import SluiceProtocol

/// The prepared statements of one database by their SQL, the least recently used ones leaving first. Owned by its `SQLiteDatabase`.
struct StatementCache {
    private struct Entry {
        let statement: SQLiteStatement
        var lastUse: UInt64
    }

    private let capacity: Int
    /// By the SQL's bytes: Swift's strings are also equal when they only look alike, and names of fields stand in SQL.
    private var entries: [ExactText: Entry] = [:]
    private var uses: UInt64 = 0

    init(capacity: Int) {
        self.capacity = capacity
        entries.reserveCapacity(capacity)
    }

    /// The statement for some SQL; the cache forgets it until it is given back, so that a statement in use is never lent twice.
    mutating func take(_ sql: String, _ database: OpaquePointer) throws(SluiceError) -> SQLiteStatement {
        if let index = entries.index(forKey: ExactText(sql)) { return entries.remove(at: index).value.statement }
        return try SQLiteStatement(sql, database: database)
    }

    /// Keeps a statement for the next time.
    mutating func giveBack(_ statement: SQLiteStatement, _ sql: String) {
        uses += 1
        if entries.count >= capacity, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) { entries[oldest.key] = nil }
        entries[ExactText(sql)] = Entry(statement: statement, lastUse: uses)
    }

    /// Forgets all.
    mutating func removeAll() { entries.removeAll() }
}
