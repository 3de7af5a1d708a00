import CSQLite
import SluiceProtocol

/// A prepared statement. Owned by the cache of its database; lent for one run at a time.
final class SQLiteStatement {
    private let handle: OpaquePointer

    /// Compiles one SQL statement.
    /// - Throws: `backendError`: SQL is ours, so this is a damaged file or a fault of ours.
    init(_ sql: String, database: OpaquePointer) throws(SluiceError) {
        var handle: OpaquePointer?
        var sql = sql
        let code = sql.withUTF8 { text in
            text.withMemoryRebound(to: CChar.self) {
                sqlite3_prepare_v3(database, $0.baseAddress, Int32($0.count), UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
            }
        }
        guard code == SQLITE_OK, let handle else { throw SQLiteFailure.error(code: code, handle: database) }
        self.handle = handle
    }

    deinit { sqlite3_finalize(handle) }

    /// Moves to the next row.
    /// - Returns: whether there is one.
    @discardableResult
    func step() throws(SluiceError) -> Bool {
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        if code == SQLITE_DONE { return false }
        throw SQLiteFailure.error(code: code, handle: sqlite3_db_handle(handle))
    }

    /// Makes it ready for the next run, holding on to no value.
    func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    /// Makes it ready for another run with the same values but those that are bound anew.
    func rewind() { sqlite3_reset(handle) }

    /// Binds values to the parameters in their order.
    func bind(_ values: [SQLiteValue]) { for (index, value) in values.enumerated() { bind(value, at: index + 1) } }

    /// Binds a value; SQLite copies text and blobs. Parameters count from 1.
    func bind(_ value: SQLiteValue, at index: Int) {
        switch value {
        case .null: sqlite3_bind_null(handle, Int32(index))
        case .integer(let integer): sqlite3_bind_int64(handle, Int32(index), integer)
        case .float(let float): sqlite3_bind_double(handle, Int32(index), float)
        case .text(let utf8): utf8.withUnsafeBytes { bind(text: $0, at: index, sluice_sqlite_transient()) }
        case .blob(let bytes):
            bytes.withUnsafeBytes {
                // A null pointer would bind NULL, so that an empty blob needs an address.
                _ =
                    $0.count == 0
                    ? sqlite3_bind_zeroblob(handle, Int32(index), 0)
                    : sqlite3_bind_blob64(handle, Int32(index), $0.baseAddress, UInt64($0.count), sluice_sqlite_transient())
            }
        }
    }

    /// Binds text that stays where it is until the statement is reset, so that SQLite need not copy it.
    func bind(staticText text: UnsafeRawBufferPointer, at index: Int) { bind(text: text, at: index, sluice_sqlite_static()) }

    private func bind(text: UnsafeRawBufferPointer, at index: Int, _ destructor: sqlite3_destructor_type?) {
        guard text.count > 0 else {
            sqlite3_bind_text(handle, Int32(index), "", 0, sluice_sqlite_static())
            return
        }
        sqlite3_bind_text64(
            handle, Int32(index), text.baseAddress!.assumingMemoryBound(to: CChar.self), UInt64(text.count), destructor, UInt8(SQLITE_UTF8))
    }

    /// A column of the row as an integer. Columns count from 0.
    func integer(at column: Int) -> Int64 { sqlite3_column_int64(handle, Int32(column)) }

    /// Whether a column of the row is NULL.
    func isNull(at column: Int) -> Bool { sqlite3_column_type(handle, Int32(column)) == SQLITE_NULL }

    /// Scoped access to the UTF-8 bytes of a column of the row.
    func withText<Result>(at column: Int, _ body: (UnsafeRawBufferPointer) throws(SluiceError) -> Result) throws(SluiceError) -> Result {
        let text = sqlite3_column_text(handle, Int32(column))
        return try body(UnsafeRawBufferPointer(start: text, count: Int(sqlite3_column_bytes(handle, Int32(column)))))
    }

    /// A column of the row as text.
    func string(at column: Int) -> String {
        let text = sqlite3_column_text(handle, Int32(column))
        return String(decoding: UnsafeRawBufferPointer(start: text, count: Int(sqlite3_column_bytes(handle, Int32(column)))), as: UTF8.self)
    }
}
