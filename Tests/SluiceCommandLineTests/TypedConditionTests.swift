import SluiceClient
import Testing

@testable import SluiceCommandLine

@Suite struct TypedConditionTests {
    @Test func isEqual() throws {
        #expect(try TypedCondition.parse("role=user") == Condition(try FieldPath("role"), .equal(.string(Array("user".utf8)[...]))))
    }
}
