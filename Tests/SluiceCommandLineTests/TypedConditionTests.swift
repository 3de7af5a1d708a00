import SluiceClient
import Testing

@testable import SluiceCommandLine

/// What people type as conditions, and the conditions that it means.
@Suite struct TypedConditionTests {
    @Test func isEqual() throws {
        #expect(try TypedCondition.parse("role=user") == Condition(try FieldPath("role"), .equal(.string(Array("user".utf8)[...]))))
    }
}
