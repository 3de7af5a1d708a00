import SluiceBackend
import SluiceProtocol
import Testing

@testable import SluiceDynamo

/// What is asked of DynamoDB for a condition, and that no caller's text stands in an expression.
@Suite struct ConditionCompilerTests {
    private func compiled(_ path: String, _ test: Condition.Test, timeToLive: Int64? = nil) throws -> (String?, Bool?, String) {
        var definition = RepositoryDefinition(name: "things")
        definition.timeToLive = timeToLive.map { .init(attribute: "made", seconds: $0) }
        let compiler = ConditionCompiler(DynamoLayout(definition, limits: Limits()))
        var values = ExpressionValues()
        let compiled = compiler.compile(Condition(try FieldPath(path), test), &values)
        var text = [UInt8(ascii: "{")]
        values.append(to: &text)
        return (compiled?.text, compiled?.isExact, String(decoding: text.dropFirst(), as: UTF8.self))
    }

    private static let tests: [Condition.Test] = [
        .equal(.null), .equal(.integer(1)), .notEqual(.boolean(true)), .ordered(.lt, .float(1.5)),
        .ordered(.gte, DefinitionFixture.text("a")),
        .isIn([.integer(1), .null, .timestamp(Timestamp(milliseconds: 5)!)]), .exists(true), .exists(false),
        .like(LikePattern("a%b%".utf8)),
        .equal(.decimal(try! "1.50".utf8.withDecimal())), .ordered(.gt, .timestamp(Timestamp(milliseconds: 0)!)),
    ]

    /// Reserved words, operators and quotes are names like any other.
    @Test(arguments: ["name", "a = :v OR #b", "m.size", "m.\"; x", "m.$where", "m.$date", "status"])
    func noNameStandsInAnExpression(_ path: String) throws {
        for test in Self.tests {
            let (text, _, names) = try compiled(path, test)
            let expression = try #require(text)
            var rest = expression
            for word in ["attribute_not_exists", "attribute_exists", "attribute_type", "begins_with", "contains", "AND", "NOT", "OR", "IN"]
            {
                rest = rest.split(separator: word, omittingEmptySubsequences: false).joined()
            }
            #expect(rest.allSatisfy { "#:(),. <>=0123456789abcdefghijklmnopqrstuvwxyz".contains($0) }, "\(expression)")
            #expect(!rest.contains("size") && !rest.contains("where") && !rest.contains("name") && !rest.contains("status"))
            #expect(names.contains("ExpressionAttributeNames"))
        }
    }

    /// DynamoDB refuses aliases that no expression mentions.
    @Test func whatCannotBeAskedLeavesNoAlias() throws {
        let long = Condition.Test.isIn((0..<1_000).map { .integer($0) })
        for (path, test) in [
            ("n", long), ("n", .equal(.float(1e300))), ("n", .ordered(.lt, .float(1e-200))),
            (Array(repeating: "a", count: 40).joined(separator: "."), .equal(.integer(1))), ("made", .equal(.integer(1))),
        ] as [(String, Condition.Test)] {
            let (text, _, rest) = try compiled(path, test, timeToLive: 60)
            #expect(text == nil && rest.isEmpty, "\(path) \(test)")
        }
    }

    @Test func whatIsInexactSaysSo() throws {
        #expect(try compiled("n", .like(LikePattern("a%".utf8))).1 == true)
        #expect(try compiled("n", .like(LikePattern("a".utf8))).1 == true)
        #expect(try compiled("n", .like(LikePattern("%".utf8))).1 == true)
        #expect(try compiled("n", .like(LikePattern("%a".utf8))).1 == false)
        #expect(try compiled("n", .like(LikePattern("a%b".utf8))).1 == false)
        #expect(try compiled("n", .equal(.decimal(try "1.50".utf8.withDecimal()))).1 == false)
        // The opposite of what may hold for others too would leave out records that match.
        #expect(try compiled("n", .notEqual(.decimal(try "1.50".utf8.withDecimal()))).0 == nil)
    }

    @Test func theTimeOfCreationIsAskedForAsTheTimeOfExpiry() throws {
        let (text, isExact, rest) = try compiled("made", .ordered(.gt, .timestamp(Timestamp(milliseconds: 10_500)!)), timeToLive: 60)
        #expect(text == "((attribute_type(#0, :1) AND #0 >= :0) OR attribute_type(#0, :2))" && isExact == false)
        #expect(rest.contains(#"":0":{"N":"70"}"#))
    }

    @Test func kindsThatDynamoDBLacksAreAskedForByTheirText() throws {
        let (text, isExact, rest) = try compiled("a.b", .equal(.timestamp(Timestamp(milliseconds: 1)!)))
        #expect(text == "#0.#1.#2 = :0" && isExact == true)
        #expect(rest.contains("\"#2\":\"$date\"") && rest.contains(#"{"S":"1970-01-01T00:00:00.001Z"}"#))
    }
}

extension Sequence<UInt8> {
    fileprivate func withDecimal() throws -> DecimalNumber { try Array(self).withUnsafeBytes { try DecimalNumber(text: $0) } }
}
