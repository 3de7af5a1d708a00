import Dispatch
import Foundation
import SluiceBackend
import SluiceProtocol
import SluiceTesting
import Testing

@testable import SluiceSQLite

/// One commit for a batch, whole or not at all, and nobody waits for somebody else's.
@Suite struct TransactionTests {
    private static func create(_ number: Int) -> RepositoryOperation {
        .create(.record(["n": .integer(Int64(number))]), isGenerated: false)
    }

    /// The files as a crash at this moment would leave them, opened anew.
    private func afterCrash(_ fixture: SQLiteFixture) throws -> SQLiteFixture.Reopened {
        let folder = TemporaryFolder()
        for file in ["sluice.db", "sluice.db-wal"] {
            try FileManager.default.copyItem(atPath: fixture.folder.path + "/" + file, toPath: folder.path + "/" + file)
        }
        return try SQLiteFixture.Reopened(folder.path, keeping: folder)
    }

    @Test func aCrashLeavesWholeBatchesOnly() throws {
        let fixture = try SQLiteFixture()
        let items = try fixture.define(["name": "items", "indexes": ["n"]])
        _ = try fixture.run((0..<10).map(Self.create), on: items).map { try $0.get() }
        #expect(try afterCrash(fixture).count("items") == 10)
        // In the midst of the next batch: written, even to the journal, but not committed.
        let writer = RecordWriter(fixture.writing, TableLayout(items.definition, limits: Limits()))
        var batch = WriteBatch(fixture.writing.database)
        try batch.begin()
        try fixture.writing.database.execute("PRAGMA cache_spill = 1; PRAGMA cache_size = 5")
        let filler = Scalar.binary(Array(repeating: 7, count: 20_000)[...])
        for _ in 0..<50 {
            batch.add(
                .success(
                    try writer.run(PendingOperation(.create(.record(["filler": filler]), isGenerated: false), deadline: .distantFuture))))
        }
        #expect(try afterCrash(fixture).count("items") == 10)
        batch.commit()
        #expect(batch.results.count == 50)
        let reopened = try afterCrash(fixture)
        #expect(try reopened.count("items") == 60)
        #expect(try reopened.text("PRAGMA integrity_check") == "ok")
    }

    @Test func aReaderNeverBlocksAWriterNorAWriterAReader() throws {
        let fixture = try SQLiteFixture()
        let items = try fixture.define(["name": "items"])
        _ = try fixture.run((0..<100).map(Self.create), on: items).map { try $0.get() }
        // Whoever would wait is told so at once.
        for connection in [fixture.writing, fixture.reading] { try connection.database.execute("PRAGMA busy_timeout = 0") }
        // A read that stands still in the midst of its rows.
        var seen = 0
        try fixture.reading.database.forEachRow(SQLiteQuery("SELECT id FROM items")) { _ in
            if seen == 10 {
                for number in 0..<20 {
                    #expect(throws: Never.self, "the writer waits for the reader") {
                        try fixture.run([Self.create(number)], on: items)[0].get()
                    }
                }
            }
            seen += 1
            return true
        }
        #expect(seen == 100)
        // A transaction that writes and is not committed.
        try fixture.writing.database.run("BEGIN IMMEDIATE")
        try fixture.writing.database.execute("DELETE FROM items")
        #expect(try fixture.count(on: items) == 120)
        try fixture.writing.database.run("ROLLBACK")
        #expect(try fixture.count(on: items) == 120)
    }

    @Test func aBatchIsOneCommit() throws {
        let fixture = try SQLiteFixture()
        let items = try fixture.define(["name": "items"])
        let observer = try SQLiteFixture.Reopened(fixture.folder.path)
        let before = Int(try observer.text("PRAGMA data_version"))!
        _ = fixture.run((0..<64).map(Self.create), on: items)
        #expect(try observer.text("SELECT count(*) FROM items") == "64")
        // "data_version … changes for every commit by another connection", by one each.
        #expect(Int(try observer.text("PRAGMA data_version"))! == before + 1)
    }

    @Test func aFullDiskFailsTheBatchAndNothingIsHalfDone() throws {
        let fixture = try SQLiteFixture()
        let items = try fixture.define(["name": "items"])
        _ = try fixture.run([Self.create(1)], on: items)[0].get()
        let pages = Int(try fixture.rows("PRAGMA page_count")[0])!
        try fixture.writing.database.execute("PRAGMA max_page_count = \(pages + 5)")
        let large = RepositoryOperation.create(.record(["filler": .binary(Array(repeating: 1, count: 100_000)[...])]), isGenerated: false)
        let results = fixture.run([Self.create(2), Self.create(3), large, Self.create(4)], on: items)
        #expect(!results.isEmpty)
        for result in results.prefix(3) {
            let error = try #require(throws: SluiceError.self) { try result.get() }
            #expect(
                error.code == .backendError && error.details["reason"] == .string("diskFull") && error.isOutcomeKnown && error.isRetryable,
                "\(error)")
        }
        #expect(try fixture.count(on: items) == 1 + results.dropFirst(3).count)
        // With room again everything goes on.
        try fixture.writing.database.execute("PRAGMA max_page_count = 1000000")
        _ = try fixture.run([Self.create(5), large], on: items).map { try $0.get() }
    }

    @Test func aCommitThatFailsFailsEveryWriteOfItsBatchWithTheOutcomeUnknown() throws {
        let fixture = try SQLiteFixture()
        let items = try fixture.define(["name": "items", "hashKey": "n", "hashKeyType": "N"])
        _ = try fixture.run([Self.create(0)], on: items)[0].get()
        // A foreign key that is looked at no earlier than at COMMIT, and then does not hold.
        try fixture.writing.database.execute(
            """
            PRAGMA foreign_keys = ON; CREATE TABLE parent (id PRIMARY KEY);
            CREATE TABLE child (id REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED);
            CREATE TRIGGER fail AFTER INSERT ON items BEGIN INSERT INTO child VALUES (1); END
            """)
        let results = fixture.run([Self.create(1), Self.create(0), Self.create(2)], on: items)
        for index in [0, 2] {
            let error = try #require(throws: SluiceError.self) { try results[index].get() }
            #expect(!error.isOutcomeKnown, "\(error)")
        }
        // One that failed by itself keeps its own error.
        #expect(try #require(throws: SluiceError.self) { try results[1].get() }.details["fields"] == .string("n"))
        #expect(try fixture.count(on: items) == 1)
        #expect(!fixture.writing.database.isInTransaction)
        try fixture.writing.database.execute("DROP TRIGGER fail")
        _ = try fixture.run([Self.create(1)], on: items)[0].get()
    }

    @Test func anotherProcessThatHoldsTheFileIsUnavailableNotLost() throws {
        let fixture = try SQLiteFixture()
        let items = try fixture.define(["name": "items"])
        let other = try SQLiteDatabase(path: fixture.folder.path + "/sluice.db")
        try fixture.writing.database.execute("PRAGMA busy_timeout = 50")
        try other.run("BEGIN IMMEDIATE")
        let results = fixture.run([Self.create(1), Self.create(2)], on: items)
        let error = try #require(throws: SluiceError.self) { try results[0].get() }
        #expect(error.code == .unavailable && error.isRetryable && error.isOutcomeKnown)
        try other.run("ROLLBACK")
        _ = try fixture.run([Self.create(1), Self.create(2)], on: items).map { try $0.get() }
        #expect(try fixture.count(on: items) == 2)
    }

    @Test func resultsStopAtTheBatchBound() throws {
        var limits = Limits()
        limits.maxBatchBytes = 10_000
        let fixture = try SQLiteFixture(limits: limits)
        let items = try fixture.define(["name": "items"])
        let large = RepositoryOperation.create(.record(["filler": .binary(Array(repeating: 1, count: 4_000)[...])]), isGenerated: false)
        let writes = fixture.run(Array(repeating: large, count: 10), on: items)
        #expect(writes.count == 3)
        #expect(try fixture.count(on: items) == 3)
        #expect(fixture.run(Array(repeating: .getOne(Filter()), count: 10), on: items).count == 3)
    }

    @Test func aDefinitionIsWholeOrNotAtAll() throws {
        let fixture = try SQLiteFixture()
        let items = try fixture.define(["name": "items"])
        for value in [1, 1, 2] {
            _ = try fixture.run([.create(.record(["v": .integer(Int64(value))]), isGenerated: false)], on: items)[0].get()
        }
        let schema = try fixture.rows("SELECT sql FROM sqlite_schema ORDER BY name")
        #expect(throws: SluiceError.self) { try fixture.define(["name": "items", "indexes": ["w", ["fields": ["v"], "unique": true]]]) }
        #expect(try fixture.rows("SELECT sql FROM sqlite_schema ORDER BY name") == schema)
        #expect(!fixture.writing.database.isInTransaction)
    }
}

extension SQLiteFixture {
    /// A database file opened by a program of its own, after a crash or beside the daemon.
    final class Reopened {
        private let database: SQLiteDatabase
        private let folder: TemporaryFolder?

        init(_ directory: String, keeping folder: TemporaryFolder? = nil) throws {
            self.folder = folder
            database = try SQLiteFile(directory: directory).open(isReadOnly: false)
        }

        func text(_ sql: String) throws -> String {
            try database.withStatement(sql) { statement throws(SluiceError) in
                try statement.step()
                return statement.string(at: 0)
            }
        }

        func count(_ table: String) throws -> Int { Int(try text("SELECT count(*) FROM \(table)"))! }
    }
}
