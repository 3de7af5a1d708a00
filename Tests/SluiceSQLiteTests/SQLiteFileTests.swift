import Foundation
import SluiceBackend
import SluiceProtocol
import SluiceTesting
import Testing

@testable import SluiceSQLite

/// What is on disk, and what happens when it is not what it should be.
@Suite struct SQLiteFileTests {
    private let folder = TemporaryFolder()
    private var path: String { folder.path + "/sluice.db" }

    private func mode(_ path: String) throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    private func refused(_ reason: String, naming text: String) throws {
        let backend = SQLiteBackend(directory: folder.path)
        let error = try #require(throws: SluiceError.self) { try backend.prepare() }
        #expect(error.code == .backendError)
        #expect(error.details["reason"] == .string(reason), "\(error) \(error.details)")
        #expect(error.message.contains(text), "\(error)")
    }

    /// Runs SQL of a test on the file, as another program would.
    private func run(_ sql: String) throws { try SQLiteDatabase(path: path, creating: true).execute(sql) }

    @Test func folderAndFilesBelongToTheirOwnerAlone() throws {
        let directory = folder.path + "/deep/data"
        let backend = SQLiteBackend(directory: directory)
        try backend.prepare()
        let writing = try backend.openConnection(.writes)
        _ = try writing.define(RepositoryDefinition(name: "users"), deadline: .distantFuture)
        #expect(try mode(directory) == 0o700)
        for file in ["sluice.db", "sluice.db-wal", "sluice.db-shm"] { #expect(try mode(directory + "/" + file) == 0o600, "\(file)") }
    }

    @Test func theFileIsMarkedAndSetUp() throws {
        let backend = SQLiteBackend(directory: folder.path)
        try backend.prepare()
        try backend.prepare()
        for role in [ConnectionRole.writes, .reads] {
            let connection = try #require(try backend.openConnection(role) as? SQLiteConnection)
            func value(_ pragma: String) throws -> String {
                try connection.database.withStatement("PRAGMA \(pragma)") { statement throws(SluiceError) in
                    try statement.step()
                    return statement.string(at: 0)
                }
            }
            #expect(try value("application_id") == "\(0x534c_5543)")
            #expect(try value("user_version") == "1")
            #expect(try value("journal_mode") == "wal")
            #expect(try value("synchronous") == "2")
            #expect(try value("trusted_schema") == "0")
            #expect(try value("cell_size_check") == "1")
            #expect(try value("journal_size_limit") == "\(64 << 20)")
            #expect(try value("query_only") == (role == .reads ? "1" : "0"))
            // Defensive: the schema cannot be written behind SQLite's back.
            #expect(throws: SluiceError.self) { try connection.database.execute("PRAGMA writable_schema = ON; DELETE FROM sqlite_schema") }
        }
    }

    @Test func anotherApplicationsFileIsLeftAlone() throws {
        try run("CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)")
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        try refused("foreignFile", naming: "another application")
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test func aFileOfANewerLayoutIsRefused() throws {
        try SQLiteBackend(directory: folder.path).prepare()
        try run("PRAGMA user_version = 2")
        try refused("otherVersion", naming: "layout 2")
    }

    @Test func aFileThatIsNoDatabaseIsRefused() throws {
        try Data(repeating: 0x41, count: 8_192).write(to: URL(fileURLWithPath: path))
        try refused("foreignFile", naming: path)
    }

    @Test func aDamagedFileIsRefused() throws {
        try SQLiteBackend(directory: folder.path).prepare()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes.replaceSubrange(100..<400, with: Data(repeating: 0xff, count: 300))
        try bytes.write(to: URL(fileURLWithPath: path))
        try refused("corrupt", naming: "damaged")
    }

    @Test func aFolderThatCannotBeMadeIsNamed() throws {
        try Data().write(to: URL(fileURLWithPath: folder.path + "/file"))
        let backend = SQLiteBackend(directory: folder.path + "/file/data")
        let error = try #require(throws: SluiceError.self) { try backend.prepare() }
        #expect(error.code == .backendError && error.message.contains(folder.path + "/file"))
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        try refused("cannotOpen", naming: path)
    }

    @Test func nativeCodesKeepTheirMeaning() {
        let expected: [(Int32, ErrorCode, String, Bool)] = [
            (19, .alreadyExists, "collision", false), (2_067, .alreadyExists, "collision", false), (9, .deadlineExceeded, "deadline", true),
            (5, .unavailable, "locked", true),
            (13, .backendError, "diskFull", true), (8, .backendError, "readOnly", false), (10, .backendError, "ioError", false),
            (1_034, .backendError, "ioError", false),
            (11, .backendError, "corrupt", false), (26, .backendError, "foreignFile", false), (14, .backendError, "cannotOpen", false),
            (1, .backendError, "sqlite", false),
        ]
        for (code, sluiceCode, reason, isRetryable) in expected {
            let error = SQLiteFailure.error(code: code, handle: nil)
            #expect(error.code == sluiceCode && error.isRetryable == isRetryable)
            #expect(error.details == ["reason": .string(reason), "sqliteCode": .integer(Int64(code))])
        }
    }

    @Test func definitionsAndRecordsSurviveARestart() throws {
        do {
            let backend = SQLiteBackend(directory: folder.path)
            try backend.prepare()
            let writing = try backend.openConnection(.writes)
            let users = try writing.define(try RepositoryDefinition(["name": "Users", "indexes": ["age"]]), deadline: .distantFuture)
            _ = try writing.execute(
                [PendingOperation(.create(.record(["age": .integer(5)]), isGenerated: false), deadline: .distantFuture)], on: users)[0]
                .get()
        }
        let backend = SQLiteBackend(directory: folder.path)
        try backend.prepare()
        // The same again writes nothing: a connection that cannot write is enough.
        let reading = try backend.openConnection(.reads)
        let users = try reading.define(RepositoryDefinition(name: "Users"), deadline: .distantFuture)
        #expect(users.definition.indexes.map(\.fields) == [[try FieldPath("age")]])
        let results = reading.execute(
            [PendingOperation(.count(Filter([.on("age", .equal(.integer(5)))])), deadline: .distantFuture)], on: users)
        guard case .count(1) = try results[0].get() else { return #expect(Bool(false), "\(results)") }
    }

    @Test func peopleSeeReadableJSON() throws {
        let fixture = try SQLiteFixture()
        let users = try fixture.define(["name": "users", "indexes": ["name", "at"]])
        let record = Document.record([
            "id": .text("000000000000000000000001"), "name": .text("Ann \"é\""), "age": .integer(41), "weight": .float(60),
            "at": .timestamp(Timestamp(milliseconds: 1)!),
            "price": .decimal(try DecimalNumber(text: "1.50")),
        ])
        _ = try fixture.run([.create(record, isGenerated: false)], on: users)[0].get()
        let body = try fixture.rows("SELECT body FROM users")[0]
        for part in [
            #""id":"000000000000000000000001""#, #""name":"Ann \"é\"""#, #""age":41"#, #""weight":60.0"#,
            #""at":{"$date":"1970-01-01T00:00:00.001Z"}"#, #""price":{"$numberDecimal":"1.50"}"#,
        ] { #expect(body.contains(part), "\(part) in \(body)") }
        // SQLite's own functions read it too.
        #expect(
            try fixture.rows("SELECT json_extract(body, '$.name') || json_extract(body, '$.at.$date') || typeof(\"k:at\") FROM users") == [
                "Ann \"é\"1970-01-01T00:00:00.001Zblob"
            ])
        #expect(
            try fixture.rows("SELECT name || ' ' || \"table\" || ' ' || json_extract(definition, '$.indexes[0]') FROM sluice_repositories")
                == ["users users name"])
    }
}

extension DecimalNumber {
    /// From a test's text.
    init(text: String) throws {
        let utf8 = Array(text.utf8)
        self = try utf8[...].withBytes { bytes throws(SluiceError) in try DecimalNumber(text: bytes) }
    }
}
