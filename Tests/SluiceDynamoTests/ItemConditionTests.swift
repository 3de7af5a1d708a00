import SluiceBackend
import SluiceProtocol
import SluiceTesting
import Testing

@testable import SluiceDynamo

/// What must hold of an item at the instant it changes.
@Suite struct ItemConditionTests {
    private typealias Given = DefinitionFixture

    private func condition(_ filter: Filter, _ record: RecordValue) throws -> ItemCondition {
        var definition = RepositoryDefinition(name: "things")
        definition.timeToLive = .init(attribute: "made", seconds: 60)
        let read = try Document(validating: record.messagePack[...])
        return ItemCondition(filter, read: read, DynamoLayout(definition, limits: Limits()), now: Timestamp(milliseconds: 0)!)
    }

    private func values(_ condition: ItemCondition) -> String {
        var text = [UInt8(ascii: "{")]
        condition.values.append(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// However many conditions DynamoDB cannot be asked, what it is asked stays within its 4 KB and 300 operators.
    @Test(arguments: ["%x", "a%b%c"]) func theLongestFilterMakesAConditionThatDynamoDBTakes(_ pattern: String) throws {
        let tests: [Condition.Test] = [.like(LikePattern(pattern.utf8)), .isIn((0..<40).map { .integer($0) }), .ordered(.gt, .integer(1))]
        let filter = Filter(try (0..<64).map { Condition(try FieldPath("f\($0)"), tests[$0 % 3]) })
        let condition = try condition(filter, ["id": "65a1b2c3d4e5f60718293a4b"])
        #expect(condition.text.utf8.count <= 4_096 && ConditionCompiler.operators(in: condition.text) <= 300)
        // None is left out: each field is mentioned.
        #expect((0..<64).allSatisfy { values(condition).contains("\"f\($0)\"") })
    }

    @Test func aFieldIsComparedWithWhatWasReadOnce() throws {
        let filter = try Given.filter(("name", .like(LikePattern("%x".utf8))), ("name", .like(LikePattern("a%x".utf8))))
        let condition = try condition(filter, ["id": "65a1b2c3d4e5f60718293a4b", "name": "abx"])
        #expect(condition.text.hasSuffix(" AND #2 = :4"), "\(condition.text)")
    }

    /// A number of 38 digits that others left is read as a decimal, and its record can be changed by it.
    @Test func aDecimalMayStandAsANumber() throws {
        let digits = "12345678901234567890.123456789012345678"
        let decimal = try Array(digits.utf8).withUnsafeBytes { try DecimalNumber(text: $0) }
        let filter = try Given.filter(("price", .equal(.decimal(decimal))))
        let condition = try condition(filter, ["id": "65a1b2c3d4e5f60718293a4b", "price": .decimal(digits)])
        #expect(condition.text.hasSuffix(" AND (#2 = :4 OR #2 = :5)"), "\(condition.text)")
        #expect(values(condition).contains("{\"N\":\"\(digits)\"}"))
    }
}
