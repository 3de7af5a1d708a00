import FoundationEssentials
import Testing

@testable import SluiceClient
@testable import SluiceProtocol

/// Filters as callers write them.
@Suite struct FilterBuildingTests {
    private func field(_ text: String) -> FieldPath { try! FieldPath(text) }

    @Test func everyStepAddsItsCondition() throws {
        let filter = try Filter.match("role", "user").like("name", "An%").gt("age", 30).gte("a", 1.5).lt("b", "m").lte(
            "c", Date(timeIntervalSince1970: 1)
        )
        .ne("d", true).exists("e").exists("f", false).isIn("g.h", ["x", "y"])
        #expect(
            filter.conditions == [
                Condition(field("role"), .equal(.string(Array("user".utf8)[...]))),
                Condition(field("name"), .like(LikePattern("An%".utf8))),
                Condition(field("age"), .ordered(.gt, .integer(30))),
                Condition(field("a"), .ordered(.gte, .float(1.5))),
                Condition(field("b"), .ordered(.lt, .string(Array("m".utf8)[...]))),
                Condition(field("c"), .ordered(.lte, .timestamp(Timestamp(milliseconds: 1000)!))),
                Condition(field("d"), .notEqual(.boolean(true))),
                Condition(field("e"), .exists(true)),
                Condition(field("f"), .exists(false)),
                Condition(field("g.h"), .isIn([.string(Array("x".utf8)[...]), .string(Array("y".utf8)[...])])),
            ])
    }

    @Test func nilIsNull() throws {
        let name: String? = nil
        #expect(try Filter.match("a", name) == Filter().match("a", nil))
        #expect(try Filter().ne("a", nil).conditions == [Condition(field("a"), .notEqual(.null))])
        #expect(try Filter().match("a", name ?? "x" as String?) == Filter.match("a", "x"))
    }

    @Test func aCommaOrAnOperatorInAValueIsJustText() throws {
        for text in ["Doe, John", "$ne", "{\"$gt\": 1}", "%"] {
            #expect(try Filter.match("name", text).conditions == [Condition(field("name"), .equal(.string(Array(text.utf8)[...])))])
        }
    }

    @Test func whatIsNoConditionIsRefusedAtOnce() {
        #expect(throws: SluiceError.self) { try Filter.match("", 1) }
        #expect(throws: SluiceError.self) { try Filter.match("a..b", 1) }
        #expect(throws: SluiceError.self) { try Filter.match("_id", 1) }
        #expect(throws: SluiceError.self) { try Filter.match("a", Double.nan) }
        #expect(throws: SluiceError.self) { try Filter.match("a", "x\0") }
        #expect(throws: SluiceError.self) { try Filter.match("a", UInt64.max) }
        #expect(throws: SluiceError.self) { try Filter().gt("a", true) }
        #expect(throws: SluiceError.self) { try Filter().gt("a", [1, 2] as [UInt8]) }
    }
}
