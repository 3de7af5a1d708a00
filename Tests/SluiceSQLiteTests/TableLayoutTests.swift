import SluiceProtocol
import Testing

@testable import SluiceSQLite

/// Which columns and indexes a definition comes to.
@Suite struct TableLayoutTests {
    private func layout(_ definition: StructuredValue) throws -> TableLayout {
        TableLayout(try RepositoryDefinition(definition), limits: Limits())
    }

    private func indexes(_ definition: StructuredValue) throws -> [String] {
        try layout(definition).indexes.map { ($0.isUnique ? "unique " : "") + $0.columns.joined(separator: " ") }
    }

    @Test func plainIndexesEndInId() throws {
        #expect(try indexes(["name": "x", "indexes": ["a", ["fields": ["a", "b"]]]]) == [#""k:a" "id""#, #""k:a" "k:b" "id""#])
        #expect(try indexes(["name": "x", "GSI": ["a": ["rangeKey": "b"]]]) == [#""k:a" "k:b" "id""#])
    }

    @Test func theKeyIsAUniqueIndexUnlessItIsId() throws {
        #expect(try indexes(["name": "x"]) == [])
        #expect(try indexes(["name": "x", "hashKey": "a", "rangeKey": "b"]) == [#"unique "k:a" "k:b""#])
        #expect(try indexes(["name": "x", "rangeKey": "b"]) == [#"unique "id" "k:b""#])
    }

    @Test func noIndexStandsTwice() throws {
        #expect(try indexes(["name": "x", "indexes": ["id"]]) == [])
        #expect(try indexes(["name": "x", "indexes": [["fields": ["id"], "unique": true]]]) == [])
        #expect(try indexes(["name": "x", "indexes": ["a", ["fields": ["a", "id"]]], "GSI": ["a": [:]]]) == [#""k:a" "id""#])
        #expect(try indexes(["name": "x", "hashKey": "a", "indexes": ["a"], "GSI": ["a": [:]]]) == [#"unique "k:a""#])
        #expect(try indexes(["name": "x", "hashKey": "a", "indexes": [["fields": ["a"], "unique": true]]]) == [#"unique "k:a""#])
        #expect(
            try indexes(["name": "x", "hashKey": "a", "rangeKey": "b", "indexes": [["fields": ["b", "a"], "unique": true]]])
                == [#"unique "k:a" "k:b""#])
    }

    @Test func indexesOfAllShapesTogetherCanBeMade() throws {
        let fixture = try SQLiteFixture()
        let shapes: [StructuredValue] = [
            "a", ["fields": ["a", "id"]], ["fields": ["a", "b"], "unique": true], ["fields": ["b", "a"]], "b", ["fields": ["id", "a"]],
            "Id", "é",
        ]
        _ = try fixture.define(["name": "whole", "hashKey": "a", "indexes": .list(shapes), "GSI": ["b": ["rangeKey": "a"]]])
        // One after the other comes to the same.
        for end in shapes.indices { _ = try fixture.define(["name": "steps", "hashKey": "a", "indexes": .list(Array(shapes[...end]))]) }
        let definition = try fixture.define(["name": "steps", "hashKey": "a", "GSI": ["b": ["rangeKey": "a"]]]).definition
        #expect(definition.indexes.count == shapes.count)
        let made = try fixture.rows(
            "SELECT replace(name, 'steps', 'whole') FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'steps' ORDER BY 1")
        #expect(try made == fixture.rows("SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'whole' ORDER BY 1"))
        #expect(made.count == 9)
    }

    @Test func whatExpiresHasAColumnForIt() throws {
        #expect(!(try layout(["name": "x"])).insertSQL.contains("expires"))
        let expiring = try layout(["name": "x", "enableTtl": true, "ttlAttribute": "at", "ttl": 5])
        #expect(expiring.insertSQL == #"INSERT INTO "x" ("id", "body", "expires") VALUES (?, ?, ?)"#)
        #expect(expiring.pointReadSQL == #"SELECT "body" FROM "x" WHERE "id" = ? AND ifnull("expires", 9223372036854775807) > ?"#)
    }
}
