import SluiceProtocol
import SluiceTesting
import Testing

@testable import SluiceMongo

/// What is asked of MongoDB for a filter.
@Suite struct FilterCompilerTests {
    private func query(_ conditions: [Condition], customId: Bool = false, timeToLive: Int64? = nil, now: Int64 = 0) -> String? {
        var definition = RepositoryDefinition(name: "items")
        definition.customId = customId
        definition.timeToLive = timeToLive.map { .init(attribute: "made", seconds: $0) }
        let filters = FilterCompiler(MongoLayout(definition, limits: Limits()))
        return filters.query(Filter(conditions), now: Timestamp(milliseconds: now)!).flatMap { LibBSON.canonicalJSON($0) }
    }

    private static let tests: [Condition.Test] = [
        .equal(.null), .equal(.integer(1)), .notEqual(.integer(1)), .notEqual(.null), .exists(true), .exists(false),
        .isIn([.integer(1), .null]), .isIn([.integer(1)]), .isIn([]), .ordered(.lt, .integer(1)), .like(LikePattern("%".utf8)),
    ]

    /// No record has such a field; MongoDB would run it, and `$comment` would match everything.
    @Test(arguments: ["$where", "$comment", "$expr", "$or", "$comment.a", "$"])
    func aNameNeverActsAsAnOperator(_ path: String) throws {
        for test in Self.tests {
            let expected = test.holds(.missing) ? "{ }" : nil
            #expect(query([Condition(try FieldPath(path), test)]) == expected, "\(path) \(test)")
        }
    }

    @Test func insideAMapSuchANameIsData() throws {
        #expect(query([Condition(try FieldPath("a.$where"), .exists(true))])!.contains("\"a.$where\" : { \"$exists\" : true }"))
        let reserved = query([Condition(try FieldPath("a.$numberDecimal.$b"), .exists(true))])!
        #expect(reserved.contains("\"a.$$numberDecimal.$b\" : { \"$exists\" : true }"))
    }

    @Test func nothingLeadsIntoAnId() throws {
        for customId in [false, true] {
            for test in Self.tests {
                let expected = test.holds(.missing) ? "{ }" : nil
                #expect(query([Condition(try FieldPath("id.a"), test)], customId: customId) == expected)
            }
        }
    }

    // MARK: generated ids

    private static let id = "65a1b2c3d4e5f60718293a4b"

    @Test func anIdIsAskedForAsItIsStored() {
        let stored = "{ \"$oid\" : \"\(Self.id)\" }"
        let text = Scalar.string(ArraySlice(Self.id.utf8))
        #expect(query([Condition(.id, .equal(text))]) == "{ \"_id\" : { \"$eq\" : \(stored) } }")
        #expect(query([Condition(.id, .isIn([text, .string(ArraySlice("x".utf8)), .null]))]) == "{ \"_id\" : { \"$eq\" : \(stored) } }")
        #expect(query([Condition(.id, .notEqual(text))]) == "{ \"_id\" : { \"$ne\" : \(stored) } }")
        #expect(query([Condition(.id, .equal(text))], customId: true)!.contains("\"id\" : { \"$eq\" : \"\(Self.id)\""))
    }

    @Test(arguments: ["", "x", "65A1B2C3D4E5F60718293A4B", "65a1b2c3d4e5f60718293a4", "65a1b2c3d4e5f60718293a4b0"])
    func anIdOfAnotherFormMatchesNothing(_ text: String) {
        let operand = Scalar.string(ArraySlice(text.utf8))
        #expect(query([Condition(.id, .equal(operand))]) == nil)
        #expect(query([Condition(.id, .isIn([operand, .integer(1), .null]))]) == nil)
        #expect(query([Condition(.id, .notEqual(operand))]) == "{ }")
    }

    /// Ids compare as their digits do: against all texts around some ids, by the book.
    @Test func idsCompareWithAnyText() throws {
        var random = SeededGenerator(seed: 7)
        let ids = ([0, 1, 0xf, .max, .max - 1] + (0..<40).map { _ in UInt64.random(in: 0 ... .max, using: &random) }).map { high in
            let digits = String(high, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits + (high % 2 == 0 ? "00000000" : "ffffffff")
        }
        var texts = ids + ["", "0", "f", "g", "A", "a", ":", "/", "~", "\u{1}", String(repeating: "f", count: 25), "é"]
        for id in ids {
            for length in [1, 7, 23] { texts += ["", "0", "f", "G", "g", "/", ":", "zz"].map { id.prefix(length) + $0 } }
            texts += [id + "0", id + "\u{1}"]
        }
        for text in texts {
            let least = IdBound.leastId(notBelow: text.utf8)?.hex
            for id in ids {
                let isBelow = id.utf8.lexicographicallyPrecedes(text.utf8)
                let isBelowBound = least.map { id.utf8.lexicographicallyPrecedes($0.utf8) } ?? true
                #expect(isBelow == isBelowBound, "\(id) and \(text): \(least ?? "none")")
            }
        }
    }

    // MARK: time to live

    @Test func theExpiredAreNotAskedFor() {
        #expect(
            query([], timeToLive: 60, now: 100_000) == #"{ "made" : { "$not" : { "$lte" : { "$date" : { "$numberLong" : "40000" } } } } }"#)
        #expect(query([], timeToLive: .max) == "{ }", "what lives for ever needs no test")
        #expect(query([], timeToLive: .max / 1000, now: Timestamp.validMilliseconds.lowerBound) == "{ }")
    }
}
