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
}
