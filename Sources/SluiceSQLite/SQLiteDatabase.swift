import CSQLite
import SluiceBackend
import SluiceProtocol

/// One open handle of the database file. Owned by one connection, used on its thread only, and so opened without SQLite's own mutexes.
final class SQLiteDatabase {
    private let handle: OpaquePointer
    private let interruption: Interruption
    private var cache: StatementCache

    /// Opens the file.
    /// - Parameters:
    ///   - creating: makes the file when it is not there.
    ///   - cachedStatements: how many prepared statements are kept.
    /// - Throws: `backendError`, `unavailable`.
    init(path: String, creating: Bool = false, cachedStatements: Int = 128) throws(SluiceError) {
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (creating ? SQLITE_OPEN_CREATE : 0)
        let code = sqlite3_open_v2(path, &handle, flags, nil)
        guard code == SQLITE_OK, let handle else {
            // "Whether or not an error occurs when it is opened, resources … should be released by passing it to sqlite3_close()."
            defer { sqlite3_close_v2(handle) }
            throw SQLiteFailure.error(code: code, handle: handle)
        }
        self.handle = handle
        cache = StatementCache(capacity: cachedStatements)
        interruption = Interruption()
        sqlite3_busy_timeout(handle, 5_000)
        sqlite3_progress_handler(handle, 100, { Interruption.isDue($0) }, interruption.pointer)
        try SQLiteFunctions.register(on: handle)
    }

    deinit {
        cache.removeAll()
        sqlite3_close_v2(handle)
    }

    /// Whether the file can only be read, which SQLite tells no earlier than when something is written.
    var isReadOnly: Bool { sqlite3_db_readonly(handle, "main") == 1 }

    /// Whether a transaction is open. An error in the midst of one may have rolled it back: "the transaction might be rolled back
    /// automatically. The only way to find out … is to use this function" (sqlite3_get_autocommit).
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Records changed by the last statement.
    var changedRecords: Int { Int(sqlite3_changes64(handle)) }

    /// Keeps SQL from corrupting the file on purpose.
    func setDefensive() { _ = sluice_sqlite_set_defensive(handle) }

    /// Runs statements that give no rows and take no values.
    /// - Throws: `backendError` and the like.
    func execute(_ sql: String) throws(SluiceError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw SQLiteFailure.error(code: code, handle: handle) }
    }

    /// Lends a prepared statement, kept for the next time; it is reset and its bindings are cleared afterwards.
    func withStatement<Result>(
        _ sql: String, _ body: (SQLiteStatement) throws(SluiceError) -> Result
    ) throws(SluiceError) -> Result {
        let statement = try cache.take(sql, handle)
        defer {
            statement.reset()
            cache.giveBack(statement, sql)
        }
        return try body(statement)
    }

    /// Runs a compiled query, its values bound, and hands each row over until `row` answers false.
    func forEachRow(_ query: SQLiteQuery, _ row: (SQLiteStatement) throws(SluiceError) -> Bool) throws(SluiceError) {
        try withStatement(query.text) { statement throws(SluiceError) in
            statement.bind(query.values)
            while try statement.step() { if try !row(statement) { return } }
        }
    }

    /// Interrupts what `body` runs at the deadline. For reads only: "If the interrupted SQL operation is an INSERT, UPDATE, or DELETE that
    /// is inside an explicit transaction, then the entire transaction will be rolled back automatically" (sqlite3_interrupt).
    func interrupting<Result>(at deadline: MonotonicTime, _ body: () throws(SluiceError) -> Result) throws(SluiceError) -> Result {
        interruption.deadline = deadline
        defer { interruption.deadline = .distantFuture }
        return try body()
    }
}

/// The deadline that SQLite's progress handler looks at, at an address of its own. Owned by its database.
private final class Interruption {
    private let cell: UnsafeMutablePointer<MonotonicTime>

    init() {
        cell = .allocate(capacity: 1)
        cell.initialize(to: .distantFuture)
    }

    deinit { cell.deallocate() }

    var pointer: UnsafeMutableRawPointer { UnsafeMutableRawPointer(cell) }

    var deadline: MonotonicTime {
        get { cell.pointee }
        set { cell.pointee = newValue }
    }

    static func isDue(_ context: UnsafeMutableRawPointer?) -> Int32 {
        let deadline = context!.assumingMemoryBound(to: MonotonicTime.self).pointee
        return deadline != .distantFuture && deadline <= .now ? 1 : 0
    }
}
