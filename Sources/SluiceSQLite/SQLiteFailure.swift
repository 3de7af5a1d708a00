import CSQLite
import SluiceProtocol

/// From SQLite's result codes (https://www.sqlite.org/rescode.html) to Sluice's errors; the native code stays in the details.
enum SQLiteFailure {
    /// The error for an extended result code, with what SQLite says about it.
    /// - Parameter handle: the database on which it happened; nil when it could not be opened.
    static func error(code: Int32, handle: OpaquePointer?) -> SluiceError {
        let native = handle.map { String(cString: sqlite3_errmsg($0)) } ?? String(cString: sqlite3_errstr(code))
        let (sluiceCode, reason, message, isRetryable) = meaning(of: code)
        return SluiceError(
            sluiceCode, "\(message): \(native)", isRetryable: isRetryable,
            details: ["reason": .string(reason), "sqliteCode": .integer(Int64(code))])
    }

    private static func meaning(of code: Int32) -> (ErrorCode, reason: String, message: String, isRetryable: Bool?) {
        switch code & 0xff {
        case SQLITE_CONSTRAINT: (.alreadyExists, "collision", "the id, the key or a unique index collides", nil)
        case SQLITE_INTERRUPT: (.deadlineExceeded, "deadline", "the deadline passed while the engine worked", nil)
        case SQLITE_BUSY, SQLITE_LOCKED: (.unavailable, "locked", "another process holds the database file", nil)
        case SQLITE_FULL: (.backendError, "diskFull", "there is no room left for the database file", true)
        case SQLITE_READONLY, SQLITE_PERM: (.backendError, "readOnly", "the database file cannot be written", nil)
        case SQLITE_CANTOPEN, SQLITE_AUTH: (.backendError, "cannotOpen", "the database file cannot be opened", nil)
        case SQLITE_NOTADB: (.backendError, "foreignFile", "the file is no SQLite database", nil)
        case SQLITE_CORRUPT: (.backendError, "corrupt", "the database file is damaged; restore it from a backup", nil)
        case SQLITE_IOERR: (.backendError, "ioError", "the system failed to read or write the database file", nil)
        case SQLITE_NOMEM: (.overloaded, "memory", "there is no memory left for the engine", nil)
        case SQLITE_TOOBIG: (.tooLarge, "sqliteLength", "a value is over SQLite's limit", nil)
        default: (.backendError, "sqlite", "SQLite failed", nil)
        }
    }
}
