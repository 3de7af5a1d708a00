import SluiceClient
import Testing

@testable import SluiceCommandLine

/// What people type as conditions, and the conditions that it means.
@Suite struct TypedConditionTests {
    private static func text(_ text: String) -> Scalar { .string(Array(text.utf8)[...]) }

    static let meanings: [(typed: String, field: String, test: Condition.Test)] = [
        ("role=user", "role", .equal(text("user"))),
        ("role=", "role", .equal(text(""))),
        ("age=30", "age", .equal(.integer(30))),
        ("age=\"30\"", "age", .equal(text("30"))),
        ("age=-1.5e3", "age", .equal(.float(-1500))),
        ("version=1.2.3", "version", .equal(text("1.2.3"))),
        ("phone=0170", "phone", .equal(text("0170"))),
        ("id=30", "id", .equal(text("30"))),
        ("id=[1,2]", "id", .isIn([text("1"), text("2")])),
        ("on=true", "on", .equal(.boolean(true))),
        ("gone=null", "gone", .equal(.null)),
        ("address.city=New York", "address.city", .equal(text("New York"))),
        ("url=a=b", "url", .equal(text("a=b"))),
        ("age!=30", "age", .notEqual(.integer(30))),
        ("age>30", "age", .ordered(.gt, .integer(30))),
        ("age>=30", "age", .ordered(.gte, .integer(30))),
        ("age<30", "age", .ordered(.lt, .integer(30))),
        ("age<=30", "age", .ordered(.lte, .integer(30))),
        ("name~An%", "name", .like(LikePattern("An%".utf8))),
        ("name~30", "name", .like(LikePattern("30".utf8))),
        ("name~\"\\\"q%\"", "name", .like(LikePattern("\"q%".utf8))),
        ("email?", "email", .exists(true)),
        ("email!?", "email", .exists(false)),
        ("role=[admin, \"a,b\",3]", "role", .isIn([text("admin"), text("a,b"), .integer(3)])),
        ("role=[]", "role", .isIn([])),
        ("\"a=b\">1", "a=b", .ordered(.gt, .integer(1))),
        ("seen<@1970-01-02", "seen", .ordered(.lt, .timestamp(Timestamp(milliseconds: 86_400_000)!))),
        ("seen=@1970-01-01T01:00+01:00", "seen", .equal(.timestamp(Timestamp(milliseconds: 0)!))),
        ("price={\"$numberDecimal\":\"1.50\"}", "price", .equal(.decimal(try! DecimalNumber("1.50")))),
    ]

    @Test(arguments: meanings.indices)
    func means(_ index: Int) throws {
        let (typed, field, test) = Self.meanings[index]
        #expect(try TypedCondition.parse(typed) == Condition(try FieldPath(field), test), "\(typed)")
    }

    @Test(arguments: [
        ("role", "a condition has an operator"), ("=x", "there is no field"), ("a==b", "one '=' is enough"), ("a..b=1", "field"),
        ("age>true", "only numbers, text and timestamps"), ("age>[1]", "only numbers, text and timestamps"),
        ("age!=[1]", "takes one value"), ("a={\"b\":1}", "name its fields"), ("a=[[1]]", "within a list"), ("a=[1", "ends with ']'"),
        ("a=[\"b]", "does not close"), ("a=[1,,2]", "empty item"), ("a=\"b", "text in quotes"), ("a={b}", "starts like JSON"),
        ("a=@yesterday", "is no time"), ("a=99999999999999999999", "out of range"), ("\"a=1", "do not close"),
        ("a?b", "nothing may follow"),
        ("a=\u{0}", "U+0000"),
    ])
    func saysWhatIsWrong(typed: String, why: String) {
        let fault = #expect(throws: TypingFault.self) { try TypedCondition.parse(typed) }
        #expect(fault?.description.contains(why) == true, "\(fault?.description ?? "")")
    }

    @Test func aSingleWordIsAnID() throws {
        #expect(try TypedCondition.selection(["42"]) == Filter([Condition(.id, .equal(Self.text("42")))]))
        #expect(try TypedCondition.selection(["a=1", "b?"]).conditions.count == 2)
        #expect(try TypedCondition.selection([]).isEmpty)
        #expect(throws: TypingFault.self) { try TypedCondition.selection(["42", "43"]) }
    }

    @Test func ordersAndFields() throws {
        let order = try TypedFields.order("name,-address.city")
        #expect(order.map(\.field.text) == ["name", "address.city"])
        #expect(order.map(\.isDescending) == [false, true])
        #expect(try TypedFields.paths("a,b.c").map(\.text) == ["a", "b.c"])
        for wrong in ["", "a,", "a,-a", "a..b", "a,b,c,d,e,f,g,h,i"] {
            #expect(throws: TypingFault.self, "\(wrong)") { try TypedFields.order(wrong) }
        }
    }
}
