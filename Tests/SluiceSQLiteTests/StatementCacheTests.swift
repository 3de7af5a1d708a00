import SluiceProtocol
import SluiceTesting
import Testing

@testable import SluiceSQLite

/// Statements are kept, bounded, and never shared by two runs at once.
@Suite struct StatementCacheTests {
    private let folder = TemporaryFolder()

    @Test func theLeastRecentlyUsedLeaves() throws {
        let database = try SQLiteDatabase(path: folder.path + "/x.db", creating: true, cachedStatements: 2)
        func statement(_ sql: String) throws -> ObjectIdentifier {
            try database.withStatement(sql) { statement throws(SluiceError) in ObjectIdentifier(statement) }
        }
        let first = try database.withStatement("SELECT 1") { statement throws(SluiceError) in statement }
        let second = try database.withStatement("SELECT 2") { statement throws(SluiceError) in statement }
        #expect(try statement("SELECT 1") == ObjectIdentifier(first))
        let third = try database.withStatement("SELECT 3") { statement throws(SluiceError) in statement }
        #expect(try statement("SELECT 1") == ObjectIdentifier(first))
        #expect(try statement("SELECT 3") == ObjectIdentifier(third))
        #expect(try statement("SELECT 2") != ObjectIdentifier(second))
    }

    @Test func aStatementInUseIsNotLentAgain() throws {
        let database = try SQLiteDatabase(path: folder.path + "/x.db", creating: true)
        try database.withStatement("SELECT 1") { outer throws(SluiceError) in
            try database.withStatement("SELECT 1") { inner throws(SluiceError) in #expect(outer !== inner) }
        }
    }

    @Test func bindingsDoNotOutliveARun() throws {
        let database = try SQLiteDatabase(path: folder.path + "/x.db", creating: true)
        let sql = "SELECT ? IS NULL"
        try database.withStatement(sql) { statement throws(SluiceError) in
            statement.bind(.integer(1), at: 1)
            try statement.step()
            #expect(statement.integer(at: 0) == 0)
        }
        try database.withStatement(sql) { statement throws(SluiceError) in
            try statement.step()
            #expect(statement.integer(at: 0) == 1)
        }
    }

    @Test func namesThatOnlyLookAlikeHaveStatementsOfTheirOwn() throws {
        let database = try SQLiteDatabase(path: folder.path + "/x.db", creating: true)
        func text(_ sql: String) throws -> String {
            try database.withStatement(sql) { statement throws(SluiceError) in
                try statement.step()
                return statement.string(at: 0)
            }
        }
        #expect(Array(try text("SELECT 'é'").utf8) == Array("é".utf8))
        #expect(Array(try text("SELECT 'e\u{301}'").utf8) == Array("e\u{301}".utf8))
    }
}
