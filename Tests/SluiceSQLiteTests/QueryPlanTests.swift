import SluiceBackend
import SluiceProtocol
import Testing

@testable import SluiceSQLite

/// Whether queries use the indexes that definitions ask for, by SQLite's own word (EXPLAIN QUERY PLAN).
@Suite struct QueryPlanTests {
    private static let definition: StructuredValue = [
        "name": "people", "hashKey": "code", "rangeKey": "at", "rangeKeyType": "N",
        "indexes": ["age", "address.city", ["fields": ["role", "name"]], ["fields": ["mail"], "unique": true], "created"],
        "GSI": ["team": ["rangeKey": "level", "rangeKeyType": "N"]],
        "enableTtl": true, "ttlAttribute": "created", "ttl": 3600,
    ]

    private let fixture: SQLiteFixture
    private let compiler: QueryCompiler

    init() throws {
        fixture = try SQLiteFixture()
        let repository = try fixture.define(Self.definition)
        compiler = QueryCompiler(TableLayout(repository.definition, limits: Limits()), now: 0)
    }

    private func plan(_ query: SQLiteQuery) throws -> String {
        try fixture.rows("EXPLAIN QUERY PLAN " + query.text, query.values, column: 3).joined(separator: "; ")
    }

    private func plan(_ conditions: Condition..., order: [String] = []) throws -> String {
        let query = RecordQuery(filter: Filter(conditions), order: order.map { .by($0) })
        return try plan(try #require(try compiler.pages("\"body\"", query, limit: 10).first))
    }

    @Test func pointReadsSearchTheIndexOfId() throws {
        let sql = TableLayout(try RepositoryDefinition(Self.definition), limits: Limits()).pointReadSQL
        #expect(try plan(SQLiteQuery(sql)).hasPrefix("SEARCH people USING INDEX sqlite_autoindex_people_1 (id=?)"))
        #expect(try plan(.on("id", .isIn([.text("a"), .text("b")]))).contains("(id=?)"))
    }

    @Test(arguments: [
        ("equality", Condition.on("age", .equal(.integer(5))), "(k:age=?"),
        ("null", Condition.on("age", .equal(.null)), "(k:age=?"),
        ("in", Condition.on("age", .isIn([.integer(5), .integer(7)])), "(k:age=?"),
        ("range up", Condition.on("age", .ordered(.gt, .integer(5))), "(k:age>? AND k:age<?)"),
        ("range down", Condition.on("age", .ordered(.lte, .float(5))), "(k:age>? AND k:age<?)"),
        ("text range", Condition.on("age", .ordered(.lt, .text("x"))), "(k:age>? AND k:age<?)"),
        ("time range", Condition.on("created", .ordered(.gte, .timestamp(Timestamp(milliseconds: 0)!))), "(k:created>? AND k:created<?)"),
        ("nested", Condition.on("address.city", .equal(.text("Bern"))), "(k:address.city=?"),
        ("prefix", Condition.on("address.city", .like(LikePattern("Be%".utf8))), "(k:address.city>? AND k:address.city<?)"),
        ("prefix and more", Condition.on("address.city", .like(LikePattern("Be%n".utf8))), "(k:address.city>? AND k:address.city<?)"),
        ("exact pattern", Condition.on("address.city", .like(LikePattern("Bern".utf8))), "(k:address.city=?"),
        ("compound, first field", Condition.on("role", .equal(.text("user"))), "(k:role=?"),
        ("unique", Condition.on("mail", .equal(.text("a@b"))), "(k:mail=?)"),
        ("hash key", Condition.on("code", .equal(.text("x"))), "(k:code=?"),
        ("GSI", Condition.on("team", .equal(.text("x"))), "(k:team=?"),
        ("missing", Condition.on("age", .exists(false)), "(k:age=?"),
    ])
    func conditionsSearchTheirIndex(_ name: String, _ condition: Condition, _ expected: String) throws {
        let plan = try plan(compiler.select("\"body\"", Filter([condition])))
        #expect(plan.hasPrefix("SEARCH people USING INDEX") && plan.contains(expected), "\(name): \(plan)")
    }

    @Test func compoundIndexesServeSeveralConditions() throws {
        #expect(
            try plan(.on("role", .equal(.text("user"))), .on("name", .like(LikePattern("A%".utf8)))).contains(
                "(k:role=? AND k:name>? AND k:name<?)"))
        #expect(
            try plan(.on("code", .equal(.text("x"))), .on("at", .ordered(.gte, .integer(5)))).contains("(k:code=? AND k:at>? AND k:at<?)"))
        #expect(try plan(.on("age", .ordered(.gte, .integer(5))), .on("age", .ordered(.lt, .integer(9)))).contains("(k:age>? AND k:age<?)"))
    }

    @Test(arguments: [["age"], ["-age"], ["role", "name"], ["-role", "-name"], ["address.city"], ["team", "level"], ["id"], ["-id"], []])
    func ordersComeFromTheIndex(_ order: [String]) throws {
        let plan = try plan(order: order)
        #expect(plan.hasPrefix("SCAN people USING INDEX") && !plan.contains("TEMP B-TREE"), "\(order): \(plan)")
    }

    @Test func orderWithinAnEqualityComesFromTheIndex() throws {
        for order in [["name"], ["-name"], ["role", "name"], ["-role", "-name"]] {
            let plan = try plan(.on("role", .equal(.text("user"))), order: order)
            #expect(plan.contains("(k:role=?)") && !plan.contains("TEMP B-TREE"), "\(order): \(plan)")
        }
        let byId = try plan(.on("age", .equal(.integer(5))))
        #expect(byId.contains("(k:age=?)") && !byId.contains("TEMP B-TREE"), "\(byId)")
        let range = try plan(.on("age", .ordered(.gt, .integer(5))), order: ["age"])
        #expect(range.contains("(k:age>? AND k:age<?)") && !range.contains("TEMP B-TREE"), "\(range)")
    }

    @Test(arguments: [["age"], ["-age"], ["role", "name"], ["-role", "-name"], []])
    func keysetPagesAreRangesOfTheIndex(_ order: [String]) throws {
        for key in [Scalar.null, .integer(5), .text("x")] {
            let token = PageToken(digest: 0, keys: order.map { _ in key }, id: "x")
            let queries = try compiler.pages("\"body\"", RecordQuery(order: order.map { .by($0) }, after: token), limit: 10)
            #expect(queries.count <= 2 * order.count + 1)
            for query in queries {
                let plan = try plan(query)
                #expect(
                    plan.hasPrefix("SEARCH people USING INDEX") && !plan.contains("TEMP B-TREE"),
                    "\(order) after \(key): \(query.text): \(plan)")
            }
        }
    }

    @Test(arguments: [Condition.Relation.gt, .lt])
    func rangesWithoutAnOrderSearchTheirIndexAndSortWhatTheyFind(_ relation: Condition.Relation) throws {
        let plan = try plan(.on("age", .ordered(relation, .integer(5))))
        #expect(plan.hasPrefix("SEARCH people USING INDEX") && plan.contains("k:age"), "\(plan)")
    }

    @Test func countsReadNoRecords() throws {
        let query = compiler.select("count(*)", Filter([.on("age", .equal(.integer(5)))]))
        #expect(try plan(query).contains("(k:age=?"))
        let plain = try fixture.define(["name": "plain", "indexes": ["age"]])
        let layout = TableLayout(plain.definition, limits: Limits())
        #expect(
            try plan(QueryCompiler(layout, now: 0).select("count(*)", Filter([.on("age", .equal(.integer(5)))]))).contains(
                "USING COVERING INDEX"))
    }

    @Test func theSweepSearchesTheIndexOfExpiry() throws {
        let details = try fixture.rows("EXPLAIN QUERY PLAN \(SQLiteConnection.expirySweepSQL("\"people\""))", column: 3).joined(
            separator: "; ")
        #expect(details.contains("(expires<?)") && !details.contains("SCAN people"), "\(details)")
    }

    @Test func writesFindTheirRecordByIndex() throws {
        #expect(
            try plan(
                compiler.select("rowid, \"body\"", Filter([.on("code", .equal(.text("x"))), .on("at", .equal(.integer(1)))]), limit: 1)
            ).contains("(k:code=? AND k:at=?)"))
        #expect(try plan(compiler.delete(Filter([.on("age", .equal(.integer(1)))]))).contains("USING INTEGER PRIMARY KEY (rowid=?)"))
    }
}
