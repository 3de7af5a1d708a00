import CSQLite
import SluiceProtocol

/// The functions that Sluice's SQL calls for fields without a column: deterministic, and callable from our statements only, so that the
/// file opens in any SQLite tool.
enum SQLiteFunctions {
    /// Makes them known to a database.
    /// - Throws: `backendError`.
    static func register(on database: OpaquePointer) throws(SluiceError) {
        try register("sluice_value", database) { context, _, arguments in SQLiteFunctions.value(context, arguments!) }
        try register("sluice_exists", database) { context, _, arguments in SQLiteFunctions.exists(context, arguments!) }
        try register("sluice_like", database) { context, _, arguments in SQLiteFunctions.like(context, arguments!) }
    }

    private typealias Arguments = UnsafeMutablePointer<OpaquePointer?>

    private static func register(
        _ name: String, _ database: OpaquePointer,
        _ function: @convention(c) (OpaquePointer?, Int32, UnsafeMutablePointer<OpaquePointer?>?) -> Void
    ) throws(SluiceError) {
        let flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY
        let code = sqlite3_create_function_v2(database, name, 2, flags, nil, function, nil, nil, nil)
        guard code == SQLITE_OK else { throw SQLiteFailure.error(code: code, handle: database) }
    }

    /// `sluice_value(body, path)`: what a column for that path would hold.
    private static func value(_ context: OpaquePointer?, _ arguments: Arguments) {
        var body = StoredBody(text(arguments[0]))
        let path = text(arguments[1])
        guard body.seek(path: path) else { return sqlite3_result_null(context) }
        switch body.value() {
        case .null: sqlite3_result_null(context)
        case .container: result(context, .container)
        case .other(let value): result(context, value)
        case .string(let range, hasEscapes: false):
            let start = sqlite3_value_text(arguments[0])! + range.lowerBound
            start.withMemoryRebound(to: CChar.self, capacity: range.count) {
                sqlite3_result_text64(context, $0, UInt64(range.count), sluice_sqlite_transient(), UInt8(SQLITE_UTF8))
            }
        case .string(let range, hasEscapes: true): result(context, .text(body.unescaped(range)[...]))
        }
    }

    /// `sluice_exists(body, path)`: whether the field is there, be it null.
    private static func exists(_ context: OpaquePointer?, _ arguments: Arguments) {
        var body = StoredBody(text(arguments[0]))
        sqlite3_result_int(context, body.seek(path: text(arguments[1])) ? 1 : 0)
    }

    /// `sluice_like(value, pattern)`: whether the value is text that the pattern matches whole.
    private static func like(_ context: OpaquePointer?, _ arguments: Arguments) {
        guard sqlite3_value_type(arguments[0]) == SQLITE_TEXT else { return sqlite3_result_int(context, 0) }
        // The pattern is constant within a statement: SQLite keeps what was made of it. It may also drop it at once, so that it is not read
        // back.
        if let kept = sqlite3_get_auxdata(context, 1) {
            let pattern = Unmanaged<ParsedPattern>.fromOpaque(kept).takeUnretainedValue()
            sqlite3_result_int(context, pattern.pattern.matches(text(arguments[0])) ? 1 : 0)
        } else {
            let pattern = ParsedPattern(LikePattern(text(arguments[1])))
            sqlite3_result_int(context, pattern.pattern.matches(text(arguments[0])) ? 1 : 0)
            let kept = Unmanaged.passRetained(pattern).toOpaque()
            sqlite3_set_auxdata(context, 1, kept) { Unmanaged<ParsedPattern>.fromOpaque($0!).release() }
        }
    }

    private final class ParsedPattern {
        let pattern: LikePattern
        init(_ pattern: LikePattern) { self.pattern = pattern }
    }

    private static func text(_ value: OpaquePointer?) -> UnsafeRawBufferPointer {
        // "the pointer … must be … before sqlite3_value_bytes", which then counts UTF-8.
        let start = sqlite3_value_text(value)
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_value_bytes(value)))
    }

    private static func result(_ context: OpaquePointer?, _ value: SQLiteValue) {
        switch value {
        case .null: sqlite3_result_null(context)
        case .integer(let integer): sqlite3_result_int64(context, integer)
        case .float(let float): sqlite3_result_double(context, float)
        case .text(let utf8):
            utf8.withUnsafeBytes {
                guard let start = $0.baseAddress else { return sqlite3_result_text(context, "", 0, sluice_sqlite_static()) }
                sqlite3_result_text64(
                    context, start.assumingMemoryBound(to: CChar.self), UInt64($0.count), sluice_sqlite_transient(), UInt8(SQLITE_UTF8))
            }
        case .blob(let bytes):
            bytes.withUnsafeBytes { sqlite3_result_blob64(context, $0.baseAddress, UInt64($0.count), sluice_sqlite_transient()) }
        }
    }
}
