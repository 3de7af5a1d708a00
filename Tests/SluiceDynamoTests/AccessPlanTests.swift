import SluiceProtocol
import Testing

@testable import SluiceDynamo

/// By which of DynamoDB's ways the records for a filter are found.
@Suite struct AccessPlanTests {
    private typealias Given = DefinitionFixture

    private func plan(_ definition: RepositoryDefinition, _ conditions: (String, Condition.Test)...) throws -> AccessPlan {
        AccessPlan(Filter(try conditions.map { Condition(try FieldPath($0.0), $0.1) }), definition)
    }

    private static let x = DefinitionFixture.text("x")
    private static let y = DefinitionFixture.text("y")

    @Test func aWholeKeyIsAnItem() throws {
        #expect(try plan(Given.indexed, ("id", .equal(Self.x)), ("team", .equal(Self.y))) == .items([DynamoKey([Self.x])]))
        #expect(
            try plan(Given.ranged, ("at", .equal(.float(2))), ("device", .equal(Self.x))) == .items([DynamoKey([Self.x, .integer(2)])]))
        #expect(try plan(Given.indexed, ("id", .isIn([Self.x]))) == .items([DynamoKey([Self.x])]))
        #expect(try plan(Given.indexed, ("id", .like(LikePattern("x".utf8)))) == .items([DynamoKey([Self.x])]))
    }

    @Test func severalKeysAreItemsEachOnce() throws {
        let asked: [Scalar] = [Self.x, Self.y, Self.x, .null, .integer(1), Given.text("")]
        #expect(try plan(Given.indexed, ("id", .isIn(asked))) == .items([DynamoKey([Self.x]), DynamoKey([Self.y])]))
        #expect(try plan(Given.indexed, ("id", .isIn([.null, .integer(1)]))) == .nothing)
    }

    @Test func aHashKeyIsAQuery() throws {
        #expect(try plan(Given.ranged, ("device", .equal(Self.x))) == .query(.init(hash: Self.x)))
        let after = Condition(try FieldPath("at"), .ordered(.gt, .integer(5)))
        #expect(
            try plan(Given.ranged, ("device", .equal(Self.x)), ("at", .ordered(.gt, .integer(5))))
                == .query(.init(hash: Self.x, range: after)))
        // No record has text there, and what matches none is found by looking.
        #expect(try plan(Given.ranged, ("device", .equal(Self.x)), ("at", .ordered(.gt, Self.x))) == .query(.init(hash: Self.x)))
    }

    @Test func anAttributeOfAGSIIsAQueryOfTheIndex() throws {
        let team = Given.indexed.globalIndexes[1]
        #expect(try plan(Given.indexed, ("team", .equal(Self.x)), ("n", .exists(true))) == .index(team, .init(hash: Self.x)))
    }

    @Test func anIndexWithARangeKeyServesOnlyWhatNeedsTheRangeKey() throws {
        let city = Given.indexed.globalIndexes[0]
        #expect(try plan(Given.indexed, ("city", .equal(Self.x))) == .scan)
        #expect(try plan(Given.indexed, ("city", .equal(Self.x)), ("age", .notEqual(.integer(1)))) == .scan)
        #expect(try plan(Given.indexed, ("city", .equal(Self.x)), ("age", .equal(.null))) == .scan)
        let young = Condition.Test.isIn([.integer(1), .integer(2)])
        #expect(try plan(Given.indexed, ("city", .equal(Self.x)), ("age", young)) == .index(city, .init(hash: Self.x)))
        let old = Condition(try FieldPath("age"), .ordered(.gte, .integer(60)))
        #expect(
            try plan(Given.indexed, ("city", .equal(Self.x)), ("age", .ordered(.gte, .integer(60))))
                == .index(
                    city, .init(hash: Self.x, range: old)))
    }

    /// Items that were there before an index may have what it cannot hold, and then are not in it.
    @Test func anIndexDoesNotServeWhatItCannotHold() throws {
        let city = ("city", Condition.Test.equal(Self.x))
        for test: Condition.Test in [
            .exists(true), .equal(Self.y), .ordered(.gt, Self.y), .isIn([.integer(1), Self.y]), .like(LikePattern("%".utf8)),
        ] {
            #expect(try plan(Given.indexed, city, ("age", test)) == .scan, "\(test)")
        }
        for value in ["", String(repeating: "x", count: 2_049)] {
            #expect(try plan(Given.indexed, ("team", .equal(Given.text(value)))) == .scan)
        }
    }

    @Test func allElseIsAScan() throws {
        #expect(try plan(Given.indexed) == .scan)
        #expect(try plan(Given.indexed, ("team", .like(LikePattern("x%".utf8)))) == .scan)
        #expect(try plan(Given.ranged, ("at", .equal(.integer(1)))) == .scan)
        #expect(try plan(Given.ranged, ("id", .equal(Self.x))) == .scan)
        #expect(try plan(Given.indexed, ("id.a", .equal(Self.x))) == .scan)
    }

    @Test func whatNoKeyCanBeMatchesNothing() throws {
        for value: Scalar in [.null, .integer(1), Given.text(""), Given.text(String(repeating: "x", count: 2_049))] {
            #expect(try plan(Given.indexed, ("id", .equal(value))) == .nothing, "\(value)")
        }
        #expect(try plan(Given.ranged, ("device", .equal(Self.x)), ("at", .equal(.float(1e300)))) == .nothing)
        #expect(try plan(Given.indexed, ("n", .isIn([]))) == .nothing)
    }
}
