import SluiceBackend
import SluiceProtocol
import Testing

@testable import SluiceDynamo

/// What a Query or a Scan asks of DynamoDB, held against what the service refuses and the emulators do not.
@Suite struct ItemQuestionTests {
    private typealias Given = DefinitionFixture

    private func question(_ definition: RepositoryDefinition, _ filter: Filter) -> ItemQuestion {
        let layout = DynamoLayout(definition, limits: Limits())
        return ItemQuestion(AccessPlan(filter, definition), filter, layout, now: Timestamp(milliseconds: 0)!)
    }

    private func body(_ question: ItemQuestion) -> String { String(decoding: question.request(ItemQuestion.Page()).body, as: UTF8.self) }

    /// "Filter Expression can only contain non-primary key attributes", and a path into one is about it too.
    @Test(arguments: ["device.x", "at.x", "at"]) func noFilterOfAQueryMentionsItsKey(_ path: String) throws {
        let filter = try Given.filter(("device", .equal(Given.text("d"))), (path, .notEqual(.integer(1))), ("other", .equal(.integer(2))))
        let question = question(Given.ranged, filter)
        #expect(question.isQuery && !question.isExact)
        #expect(body(question).contains(##""FilterExpression":"#1 = :1""##), "\(body(question))")
    }

    /// Else one record that matches would be looked for item by item, each a request.
    @Test func fewerItemsAreReadOnlyWhereEachMatches() throws {
        let device = ("device", Condition.Test.equal(Given.text("d")))
        #expect(question(Given.ranged, try Given.filter(device)).isUnfiltered)
        #expect(!question(Given.ranged, try Given.filter(device, ("at", .notEqual(.integer(1))))).isUnfiltered)
        #expect(!question(Given.ranged, try Given.filter(device, ("other", .equal(.integer(1))))).isUnfiltered)
    }

    /// DynamoDB takes 300 operators and functions in one expression, and 4 KB; the rest is left to Sluice.
    @Test func aFilterHasNoMoreOperatorsThanDynamoDBTakes() throws {
        let times = (0..<250).map { Scalar.timestamp(Timestamp(milliseconds: Int64($0))!) }
        let long = try Given.filter(("t", .isIn(times)), ("n", .equal(.integer(1))))
        let question = question(Given.indexed, long)
        #expect(!question.isExact)
        #expect(body(question).contains(##""FilterExpression":"#0 = :0""##))
        let many = Filter(try (0..<64).map { Condition(try FieldPath("f\($0)"), .like(LikePattern("%a%b%c%".utf8))) })
        let text = body(self.question(Given.indexed, many))
        let expression = try #require(text.split(separator: "\"FilterExpression\":\"").last?.split(separator: "\"").first)
        #expect(
            ConditionCompiler.operators(in: String(expression)) <= 300 && expression.utf8.count <= 4_096 && expression.utf8.count > 1_000)
    }

    @Test func operatorsAreAllWordsButAliases() {
        #expect(
            ConditionCompiler.operators(in: "attribute_exists(#0) AND NOT ((attribute_type(#1, :0) AND #1 <= :1) OR #2 IN (:1,:2))") == 8)
    }
}
