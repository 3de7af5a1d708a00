import Glibc
import SluiceProtocol

/// The database file: where it is, how it is made, and how each connection sets itself up. A value without an open descriptor; SQLite has
/// those.
struct SQLiteFile: Sendable {
    /// The data directory.
    let directory: String
    /// The file in it.
    var path: String { directory + "/sluice.db" }

    /// `SLUC`, what makes a SQLite file Sluice's (https://www.sqlite.org/pragma.html#pragma_application_id).
    private static let applicationID: Int64 = 0x534c_5543
    /// How tables lie in the file; another number is another Sluice's.
    private static let layoutVersion: Int64 = 1
    /// What the journal may grow to before it is cut back, bytes.
    private static let journalSizeLimit = 64 << 20

    /// A file in a directory.
    init(directory: String) { self.directory = directory }

    /// Makes the directory and the file, or checks that the file is Sluice's and can be written.
    /// - Throws: `backendError` naming the file and what is wrong with it.
    func prepare() throws(SluiceError) {
        try makeDirectory(directory)
        try makeFile()
        // Nothing of a file that is not Sluice's is changed, its journal's mode neither: so the check comes before the set-up.
        try locating { () throws(SluiceError) in
            let database = try SQLiteDatabase(path: path)
            try check(database)
            try setUp(database)
        }
    }

    /// Opens the file and sets the connection up.
    /// - Throws: `backendError` naming the file.
    func open(isReadOnly: Bool) throws(SluiceError) -> SQLiteDatabase {
        try locating { () throws(SluiceError) in
            let database = try SQLiteDatabase(path: path)
            try setUp(database)
            if isReadOnly { try database.execute("PRAGMA query_only = ON") }
            return database
        }
    }

    private func setUp(_ database: SQLiteDatabase) throws(SluiceError) {
        database.setDefensive()
        // FULL: a transaction that has been answered survives a power cut, at one fsync each. The pages after which the journal goes into
        // the file are SQLite's default.
        try database.execute(
            """
            PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF; PRAGMA trusted_schema = OFF;
            PRAGMA cell_size_check = ON; PRAGMA wal_autocheckpoint = 1000; PRAGMA journal_size_limit = \(Self.journalSizeLimit);
            """)
    }

    private func check(_ database: SQLiteDatabase) throws(SluiceError) {
        guard !database.isReadOnly else {
            throw SluiceError(.backendError, "the file can only be read; give its owner write permission", details: ["reason": "readOnly"])
        }
        let application = try database.integer("PRAGMA application_id")
        let version = try database.integer("PRAGMA user_version")
        if application == 0, version == 0, try database.integer("SELECT count(*) FROM sqlite_schema") == 0 {
            try database.execute(
                """
                BEGIN IMMEDIATE;
                CREATE TABLE "sluice_repositories" ("name" TEXT NOT NULL PRIMARY KEY, "table" TEXT NOT NULL, "definition" TEXT NOT NULL);
                PRAGMA application_id = \(Self.applicationID); PRAGMA user_version = \(Self.layoutVersion);
                COMMIT;
                """)
            return
        }
        guard application == Self.applicationID else {
            throw SluiceError(
                .backendError, "the file belongs to another application; choose another data directory", details: ["reason": "foreignFile"])
        }
        guard version == Self.layoutVersion else {
            throw SluiceError(
                .backendError,
                "the file has layout \(version), this daemon knows \(Self.layoutVersion): another version of Sluice wrote it",
                details: ["reason": "otherVersion"])
        }
    }

    private func locating<Result>(_ body: () throws(SluiceError) -> Result) throws(SluiceError) -> Result {
        do throws(SluiceError) { return try body() } catch {
            var located = error
            located.message = "\(path): \(error.message)"
            throw located
        }
    }

    // MARK: directory and file

    private func makeDirectory(_ path: String) throws(SluiceError) {
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFDIR else { throw failure("is no directory", path) }
            return
        }
        if let slash = path.lastIndex(of: "/"), slash > path.startIndex { try makeDirectory(String(path[..<slash])) }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure("cannot be made: \(String(cString: strerror(errno)))", path) }
    }

    /// Makes an empty file that nobody else may read, before SQLite makes one that the umask decides about. The journal gets the same
    /// permissions.
    private func makeFile() throws(SluiceError) {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST { return }
            throw failure("cannot be made: \(String(cString: strerror(errno)))", path)
        }
        close(descriptor)
        // The file's name must survive a power cut as well as its contents.
        let folder = Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }

    private func failure(_ what: String, _ path: String) -> SluiceError {
        SluiceError(.backendError, "\(path) \(what)", details: ["reason": "cannotOpen"])
    }
}

extension SQLiteDatabase {
    /// The number that a statement of our own answers.
    fileprivate func integer(_ sql: String) throws(SluiceError) -> Int64 {
        try withStatement(sql) { statement throws(SluiceError) in try statement.step() ? statement.integer(at: 0) : 0 }
    }
}
