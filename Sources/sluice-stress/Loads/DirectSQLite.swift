import CBench
import CSQLite
import Glibc

/// The peer of durable creates: an SQLite file that each process writes by itself, a transaction for each record, with the pragmas and the
/// shape of table of Sluice's embedded engine. Owns its connection.
final class DirectSQLite {
    private var database: OpaquePointer?
    private var statement: OpaquePointer?

    /// As long as Sluice's engine waits for a lock. SQLite's busy handler sleeps and tries again until then.
    private static let busyTimeoutMilliseconds: Int32 = 5_000
    private static let pragmas = ["PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL"]
    private static let table = "CREATE TABLE IF NOT EXISTS records (key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL)"

    /// Opens the file, and makes it and its table when they are not there.
    init(_ path: String) throws {
        guard sqlite3_open(path, &database) == SQLITE_OK else { throw failure("open \(path)") }
        sqlite3_busy_timeout(database, Self.busyTimeoutMilliseconds)
        for sql in Self.pragmas + [Self.table] {
            guard sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK else { throw failure(sql) }
        }
        let insert = "INSERT INTO records (id, body) VALUES (?1, ?2)"
        guard sqlite3_prepare_v2(database, insert, -1, &statement, nil) == SQLITE_OK else { throw failure(insert) }
    }

    deinit {
        sqlite3_finalize(statement)
        sqlite3_close(database)
    }

    private func failure(_ what: String) -> StressFailure {
        StressFailure(.serverFailed, "SQLite: \(what): \(String(cString: sqlite3_errmsg(database)))")
    }

    /// Writes one record; when it is back, the record is on the disk. A statement outside of BEGIN and COMMIT is a transaction.
    func create(id: String, body: String) throws {
        let transient = sluice_sqlite_transient()
        sqlite3_bind_text(statement, 1, id, -1, transient)
        sqlite3_bind_text(statement, 2, body, -1, transient)
        var outcome = sqlite3_step(statement)
        while outcome == SQLITE_BUSY {
            try StressFailure.checkInterrupt()
            sqlite3_reset(statement)
            outcome = sqlite3_step(statement)
        }
        guard outcome == SQLITE_DONE else { throw failure("insert") }
        sqlite3_reset(statement)
    }

    /// How many records the file holds.
    func count() throws -> UInt64 {
        var query: OpaquePointer?
        defer { sqlite3_finalize(query) }
        let sql = "SELECT count(*) FROM records"
        guard sqlite3_prepare_v2(database, sql, -1, &query, nil) == SQLITE_OK, sqlite3_step(query) == SQLITE_ROW else { throw failure(sql) }
        return UInt64(sqlite3_column_int64(query, 0))
    }

    /// Runs this many processes on one file, as many seconds after a warm-up, and compares what they wrote with what is there.
    static func load(file: String, processes: Int, seconds: Double, warmUp: Double, bodyBytes: Int) throws -> RunResult {
        let store = try DirectSQLite(file)
        let nameSpace = Load.freshNameSpace()
        let arguments = [
            "direct-sqlite", "--file", file, "--seconds", "\(seconds)", "--warm-up", "\(warmUp)", "--body-bytes", "\(bodyBytes)",
        ]
        let children = try (0..<processes).map { process in
            try ChildProcess(subcommand: arguments + ["--name-space", "\(nameSpace + UInt64(process))"])
        }
        for child in children { try child.waitUntilReady() }
        for child in children { child.letBegin() }
        let result = RunResult()
        for child in children { try result.add(from: child) }
        let stored = try store.count()
        guard stored == result.answeredInAll else {
            throw StressFailure(.wrongAnswer, "\(result.answeredInAll) creates were committed directly, \(stored) records are there")
        }
        return result
    }
}
