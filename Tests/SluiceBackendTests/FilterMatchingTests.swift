import SluiceBackend
import SluiceProtocol
import SluiceTesting
import Testing

/// Each operator on a record in memory. The random questions of the SQLite engine's oracle hold it against a real engine.
@Suite struct FilterMatchingTests {
    private static let record: RecordValue = [
        "n": 6, "f": 6.0, "big": 9_007_199_254_740_993, "max": .integer(.max), "s": "ab", "e": "", "b": .binary([1, 2]), "yes": true,
        "nil": nil, "t": .timestamp(5), "d": .decimal("1.50"), "o": .objectID("65a1b2c3d4e5f60718293a4b"), "list": [6, "ab", nil],
        "map": ["n": 6, "in": ["s": "x"], "$gt": 1, "": 2], "zero": -0.0,
    ]

    @Test(
        arguments: [
            ["n", "eq", 6], ["n", "eq", 6.0], ["f", "eq", 6], ["s", "eq", "ab"], ["e", "eq", ""], ["b", "eq", .binary([1, 2])],
            ["yes", "eq", true], ["nil", "eq", nil], ["gone", "eq", nil], ["t", "eq", .timestamp(5)], ["d", "eq", .decimal("1.5")],
            ["o", "eq", .objectID("65a1b2c3d4e5f60718293a4b")], ["zero", "eq", 0], ["map.n", "eq", 6], ["map.in.s", "eq", "x"],
            ["map.$gt", "eq", 1], ["list.0", "eq", nil], ["list.n", "eq", nil], ["s.x", "eq", nil],
            ["n", "ne", "6"], ["n", "ne", true], ["n", "ne", .decimal("6")], ["n", "ne", nil], ["list", "ne", 6], ["list", "ne", nil],
            ["map", "ne", nil], ["gone", "ne", 1], ["big", "ne", 9007199254740992.0], ["b", "ne", "\u{1}\u{2}"], ["yes", "ne", 1],
            ["n", "in", [1, "x", 6]], ["gone", "in", [nil]], ["d", "in", [.decimal("1.500")]],
            ["nil", "exists", true], ["gone", "exists", false], ["list", "exists", true], ["map.in", "exists", true],
            ["list.0", "exists", false], ["map.in.s.x", "exists", false],
            ["n", "lt", 6.5], ["n", "lte", 6.0], ["n", "gt", -1], ["n", "gte", 6], ["big", "gt", 9007199254740992.0],
            ["max", "lt", 9223372036854775808.0], ["max", "gt", -1e300], ["s", "lt", "abc"], ["s", "gte", "ab"], ["e", "lt", "a"],
            ["t", "lte", .timestamp(5)], ["t", "gt", .timestamp(-1)],
            ["s", "like", "a%"], ["s", "like", "ab"], ["s", "like", "%"], ["e", "like", "%"],
        ] as [RecordValue])
    func holds(_ condition: RecordValue) throws { #expect(try matches([condition]), "\(condition)") }

    @Test(
        arguments: [
            ["n", "eq", 5], ["n", "eq", "6"], ["n", "eq", .decimal("6")], ["nil", "eq", false], ["list", "eq", 6], ["list", "eq", nil],
            ["map", "eq", nil], ["big", "eq", 9007199254740992.0], ["s", "eq", .binary([0x61, 0x62])],
            ["o", "eq", "65a1b2c3d4e5f60718293a4b"],
            ["n", "ne", 6.0], ["gone", "ne", nil], ["d", "ne", .decimal("1.5")], ["n", "in", []], ["list", "in", [6, nil]],
            ["nil", "exists", false], ["gone", "exists", true],
            ["n", "lt", 6], ["n", "lt", "x"], ["s", "gt", 5], ["gone", "lt", 5], ["nil", "lte", 5], ["d", "lt", 5], ["yes", "gt", 0],
            ["list", "gte", 0], ["b", "gte", ""], ["t", "lt", 100], ["big", "lte", 9007199254740992.0],
            ["max", "gte", 9223372036854775808.0],
            ["s", "like", "b%"], ["s", "like", "A%"], ["n", "like", "6"], ["nil", "like", "%"], ["gone", "like", "%"],
            ["list", "like", "%"],
            ["b", "like", "%"],
        ] as [RecordValue])
    func doesNotHold(_ condition: RecordValue) throws { #expect(try !matches([condition]), "\(condition)") }

    @Test func allConditionsMustHold() throws {
        #expect(try matches([]))
        #expect(try matches([["n", "gt", 5], ["n", "lt", 7], ["s", "like", "%b"]]))
        #expect(try !matches([["n", "gt", 5], ["n", "lt", 6], ["s", "like", "%b"]]))
    }

    private func matches(_ conditions: [RecordValue]) throws -> Bool {
        try Filter(conditions).matches(try Document(Self.record))
    }
}
