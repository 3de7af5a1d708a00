import SluiceProtocol
import Testing

@testable import SluiceSQLite

/// The SQL of each operator, on a field with a column and on one without.
@Suite struct FilterCompilerTests {
    private func compile(_ tests: Condition.Test..., field: String = "age") throws -> SQLiteQuery {
        let layout = TableLayout(try RepositoryDefinition(["name": "people", "indexes": ["age"]]), limits: Limits())
        var query = SQLiteQuery("")
        FilterCompiler(layout).append(Filter(tests.map { .on(field, $0) }), to: &query)
        return query
    }

    @Test(arguments: [
        (Condition.Test.equal(.integer(5)), " WHERE \"k:age\" = ?", [SQLiteValue.integer(5)]),
        (.equal(.null), " WHERE \"k:age\" IS NULL", []),
        (.notEqual(.null), " WHERE \"k:age\" IS NOT NULL", []),
        (.notEqual(.boolean(true)), " WHERE \"k:age\" IS NOT ?", [.blob([2, 1])]),
        (.ordered(.lt, .integer(5)), " WHERE \"k:age\" < ? AND \"k:age\" >= ?", [.integer(5), .float(-.infinity)]),
        (.ordered(.gte, .float(5)), " WHERE \"k:age\" >= ? AND \"k:age\" < ?", [.float(5), .text([])]),
        (.ordered(.lte, .text("x")), " WHERE \"k:age\" <= ? AND \"k:age\" >= ?", [.text([0x78]), .text([])]),
        (.ordered(.gt, .text("x")), " WHERE \"k:age\" > ? AND \"k:age\" < ?", [.text([0x78]), .blob([])]),
        (
            .ordered(.lt, .timestamp(Timestamp(milliseconds: 0)!)), " WHERE \"k:age\" < ? AND \"k:age\" >= ?",
            [.blob([3, 0x80, 0, 0, 0, 0, 0, 0, 0]), .blob([3])]
        ),
        (
            .ordered(.gt, .timestamp(Timestamp(milliseconds: -1)!)), " WHERE \"k:age\" > ? AND \"k:age\" < ?",
            [.blob([3, 0x7f, 255, 255, 255, 255, 255, 255, 255]), .blob([4])]
        ),
        (.isIn([]), " WHERE 0", []),
        (.isIn([.null]), " WHERE \"k:age\" IS NULL", []),
        (
            .isIn([.integer(1), .null, .text("a"), .integer(2)]), " WHERE (\"k:age\" IN (?, ?, ?, ?) OR \"k:age\" IS NULL)",
            [.integer(1), .text([0x61]), .integer(2), .integer(2)]
        ),
        (.exists(true), " WHERE (\"k:age\" IS NOT NULL OR sluice_exists(\"body\", ?))", [.text(ArraySlice("age".utf8))]),
        (.exists(false), " WHERE (\"k:age\" IS NULL AND NOT sluice_exists(\"body\", ?))", [.text(ArraySlice("age".utf8))]),
        (
            .like(LikePattern("ab%".utf8)), " WHERE \"k:age\" >= ? AND \"k:age\" < ?",
            [.text(ArraySlice("ab".utf8)), .text(ArraySlice("ac".utf8))]
        ),
        (.like(LikePattern("%ab".utf8)), " WHERE sluice_like(\"k:age\", ?)", [.text(ArraySlice("%ab".utf8))]),
        (.like(LikePattern("50%%".utf8)), " WHERE \"k:age\" = ?", [.text(ArraySlice("50%".utf8))]),
    ])
    func onAColumn(_ test: Condition.Test, _ sql: String, _ values: [SQLiteValue]) throws {
        let query = try compile(test)
        #expect(query.text == sql)
        #expect(query.values == values)
    }

    @Test func withoutAColumn() throws {
        let query = try compile(.ordered(.gt, .integer(5)), .like(LikePattern("a%".utf8)), field: "x'y")
        #expect(
            query.text
                == " WHERE sluice_value(\"body\", ?) > ? AND sluice_value(\"body\", ?) < ? AND sluice_like(sluice_value(\"body\", ?), ?)")
        let path = SQLiteValue.text(ArraySlice("x'y".utf8))
        #expect(query.values == [path, .integer(5), path, .text([]), path, .text(ArraySlice("a%".utf8))])
    }

    @Test func aRangeOfBothEndsNamesEachOnce() throws {
        #expect(try compile(.ordered(.gt, .integer(5)), .ordered(.lt, .float(9))).text == " WHERE \"k:age\" > ? AND \"k:age\" < ?")
        // Ends of different kinds meet nowhere, and each keeps to its own.
        #expect(
            try compile(.ordered(.gt, .integer(5)), .ordered(.lt, .text("x"))).values == [.integer(5), .text([]), .text([0x78]), .text([])])
    }

    @Test func conditionsOnColumnsComeFirst() throws {
        let layout = TableLayout(try RepositoryDefinition(["name": "people", "indexes": ["age"]]), limits: Limits())
        var query = SQLiteQuery("")
        FilterCompiler(layout).append(
            Filter([.on("other", .equal(.null)), .on("age", .equal(.null)), .on("id", .exists(true))]), to: &query)
        #expect(query.text == " WHERE \"k:age\" IS NULL AND 1 AND sluice_value(\"body\", ?) IS NULL")
    }

    @Test func operandCountsShareStatements() throws {
        let texts = Set(try (1...1_000).map { count in try compile(.isIn((0..<count).map { .integer(Int64($0)) })).text })
        #expect(texts.count == 11)
    }
}
