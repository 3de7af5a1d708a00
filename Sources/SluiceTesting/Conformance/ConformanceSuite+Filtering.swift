import SluiceProtocol

extension ConformanceSuite {
    /// One of each kind, by name; twice: `v` has an index, `w` has none.
    private static let kinds: [(name: String, value: RecordValue?)] = [
        ("missing", nil), ("null", .null), ("zero", 0), ("one", 1), ("oneFloat", 1.0), ("half", 1.5), ("minus", -3), ("text", "1"),
        ("a", "a"), ("ab", "ab"), ("B", "B"),
        ("empty", ""), ("bytes", .binary([0x31])), ("true", true), ("false", false), ("early", .timestamp(-5)),
        ("late", .timestamp(1_767_323_045_678)),
        ("decimal", .decimal("1.50")), ("objectID", .objectID("65a1b2c3d4e5f60718293a4b")), ("list", [1, "a"]), ("map", ["a": 1]),
    ]

    /// Checks, on an indexed field and on one that is not, which of the kinds match.
    private static func matches(_ description: String, _ expectations: [(RecordValue, RecordValue, Set<String>)]) -> ConformanceCase {
        ConformanceCase(description) { subject in
            let items = try subject.repository(["indexes": ["v"]])
            try items.fill(
                kinds.map { kind in
                    var record: RecordValue = ["name": .string(kind.name)]
                    record["v"] = kind.value
                    record["w"] = kind.value
                    return record
                })
            for field: RecordValue in ["v", "w"] {
                for (operation, operand, expected) in expectations {
                    let found = Set(try items.getAll([[field, operation, operand]]).compactMap { $0["name"]?.text })
                    try expect(found == expected, "\(field) \(operation) \(operand) gives \(expected.sorted()), not \(found.sorted())")
                    try expect(try items.count([[field, operation, operand]]), expected.count)
                }
            }
        }
    }

    private static func all(but names: Set<String>) -> Set<String> { Set(kinds.map(\.name)).subtracting(names) }

    static let filtering: [ConformanceCase] = [
        matches(
            "eq tells kinds apart and compares numbers by value",
            [
                ("eq", nil, ["missing", "null"]), ("eq", 1, ["one", "oneFloat"]), ("eq", 1.0, ["one", "oneFloat"]), ("eq", 1.5, ["half"]),
                ("eq", "1", ["text"]),
                ("eq", true, ["true"]), ("eq", false, ["false"]), ("eq", .binary([0x31]), ["bytes"]), ("eq", .timestamp(-5), ["early"]),
                ("eq", .decimal("1.5"), ["decimal"]), ("eq", .objectID("65a1b2c3d4e5f60718293a4b"), ["objectID"]), ("eq", "", ["empty"]),
                ("eq", 0, ["zero"]),
                ("eq", -0.0, ["zero"]), ("eq", "A", []), ("eq", "65a1b2c3d4e5f60718293a4b", []),
            ]),
        matches(
            "ne is exactly not eq",
            [
                ("ne", nil, all(but: ["missing", "null"])), ("ne", 1, all(but: ["one", "oneFloat"])), ("ne", "1", all(but: ["text"])),
                ("ne", true, all(but: ["true"])),
                ("ne", .decimal("1.500"), all(but: ["decimal"])), ("ne", "nothing has it", all(but: [])),
            ]),
        matches(
            "in is any eq, and matches nothing when empty",
            [
                ("in", [], []), ("in", [nil], ["missing", "null"]), ("in", [1, "a", true], ["one", "oneFloat", "a", "true"]),
                ("in", [nil, "", 0.0, .timestamp(-5)], ["missing", "null", "empty", "zero", "early"]), ("in", ["x", 7], []),
            ]),
        matches("exists tells missing from null", [("exists", true, all(but: ["missing"])), ("exists", false, ["missing"])]),
        matches(
            "ranges of numbers match numbers alone",
            [
                ("lt", 1, ["zero", "minus"]), ("lte", 1, ["zero", "minus", "one", "oneFloat"]), ("gt", 1, ["half"]),
                ("gte", 1.0, ["one", "oneFloat", "half"]),
                ("lt", 1e300, ["zero", "minus", "one", "oneFloat", "half"]), ("gt", -1e300, ["zero", "minus", "one", "oneFloat", "half"]),
                ("gt", 1.5, []),
            ]),
        matches(
            "ranges of strings match strings alone, by bytes",
            [
                ("lt", "a", ["empty", "text", "B"]), ("lte", "a", ["empty", "text", "B", "a"]), ("gt", "a", ["ab"]),
                ("gte", "", ["empty", "text", "B", "a", "ab"]), ("gt", "ab", []),
            ]),
        matches(
            "ranges of timestamps match timestamps alone",
            [("lt", .timestamp(0), ["early"]), ("gte", .timestamp(-5), ["early", "late"]), ("gt", .timestamp(-5), ["late"])]),
        matches(
            "like matches whole strings, case counts",
            [
                ("like", "a%", ["a", "ab"]), ("like", "%b", ["ab"]), ("like", "%", ["text", "a", "ab", "B", "empty"]), ("like", "a", ["a"]),
                ("like", "A%", []), ("like", "b%", []),
                ("like", "%a%", ["a", "ab"]), ("like", "", ["empty"]), ("like", "_", []), ("like", ".*", []), ("like", "a%b", ["ab"]),
                ("like", "a%a", []),
            ]),
        ConformanceCase("like: doubled percent signs are literal, nothing else is special") { subject in
            let items = try subject.repository(["indexes": ["v"]])
            let texts = [
                "50%", "50", "500", "triple % x", "a.c", "abc", "a*c", "[a]", "a\\c", "a_c", "ß😀", "100%%", "aXbXc", "ac", "é", "e\u{301}",
            ]
            try items.fill(texts.map { ["v": .string($0), "w": .string($0)] })
            let expectations: [(String, Set<String>)] = [
                ("50%%", ["50%"]), ("50%", ["50%", "50", "500"]), ("triple %%%", ["triple % x"]), ("a.c", ["a.c"]),
                ("a%c", ["a.c", "abc", "a*c", "a\\c", "a_c", "aXbXc", "ac"]),
                ("a_c", ["a_c"]), ("a*c", ["a*c"]), ("[a]", ["[a]"]), ("a\\c", ["a\\c"]), ("%😀", ["ß😀"]), ("ß%", ["ß😀"]),
                ("100%%%%", ["100%%"]), ("%%%", []), ("%%%%%", []),
                ("a%b%c", ["abc", "aXbXc"]), ("a%X%c", ["aXbXc"]), ("é", ["é"]), ("e%", ["e\u{301}"]), ("%%", []),
            ]
            for field: RecordValue in ["v", "w"] {
                for (pattern, expected) in expectations {
                    let found = try items.getAll([[field, "like", .string(pattern)]]).compactMap { $0["v"]?.text }
                    try expect(
                        found.count == expected.count
                            && found.allSatisfy { text in expected.contains { $0.utf8.elementsEqual(text.utf8) } },
                        "\(field) like \(pattern) gives \(expected), not \(found)")
                }
            }
        },
        ConformanceCase("like on a generated id is unsupported, on an own one it works") { subject in
            let users = try subject.repository()
            try expect(error: .unsupported) { try users.getAll([["id", "like", "0%"]]) }
            try expect(error: .unsupported) { try users.count([["id", "like", "0%"]]) }
            try expect(error: .unsupported) { try users.getOne([["id", "like", "0%"]]) }
            try expect(error: .unsupported) { try users.save(["a": 1], [["id", "like", "0%"]]) }
            try expect(error: .unsupported) { try users.deleteOne([["id", "like", "0%"]]) }
            try expect(error: .unsupported) { try users.deleteAll([["id", "like", "0%"]]) }
            let own = try subject.repository(["customId": true])
            try own.fill([["id": "ann"], ["id": "anton"], ["id": "bob"]])
            try expect(try own.getAll([["id", "like", "an%"]]).map(\.id), ["ann", "anton"])
        },
        ConformanceCase("all conditions must hold, several on one field too") { subject in
            let items = try subject.repository(["indexes": ["n", ["fields": ["role", "n"]]]])
            try items.fill((0..<30).map { ["n": .integer($0), "role": $0 % 2 == 0 ? "even" : "odd"] })
            try expect(try items.count([["n", "gte", 10], ["n", "lt", 20]]), 10)
            try expect(try items.count([["n", "gte", 10], ["n", "lt", 20], ["role", "eq", "even"]]), 5)
            try expect(try items.count([["n", "gt", 10], ["n", "gt", 15], ["n", "ne", 20]]), 13)
            try expect(try items.count([["role", "eq", "even"], ["role", "eq", "odd"]]), 0)
            try expect(try items.count([["n", "gt", 5], ["n", "lt", "x"]]), 0)
            try expect(try items.count([["role", "in", ["even", "odd"]], ["n", "in", [1, 2, 3, 99]]]), 3)
        },
        ConformanceCase("paths lead through maps only") { subject in
            let items = try subject.repository(["indexes": ["a.b.c"]])
            try items.fill([
                ["n": 1, "a": ["b": ["c": 5]]], ["n": 2, "a": [["b": ["c": 5]]]], ["n": 3, "a": ["b": [["c": 5]]]], ["n": 4, "a": 5],
                ["n": 5, "a": ["b.c": 5]], ["n": 6],
                ["n": 7, "a": ["b": ["c": nil]]], ["n": 8, "a": .timestamp(5)], ["n": 9, "a": ["b": ["$date": "x"]]],
            ])
            func numbers(_ condition: RecordValue) throws -> Set<Int64> {
                Set(try items.getAll([condition]).compactMap { if case .integer(let number)? = $0["n"] { number } else { nil } })
            }
            try expect(try numbers(["a.b.c", "eq", 5]), [1])
            try expect(try numbers(["a.b.c", "exists", true]), [1, 7])
            try expect(try numbers(["a.b.c", "eq", nil]), [2, 3, 4, 5, 6, 7, 8, 9])
            try expect(try numbers(["a.b", "exists", true]), [1, 3, 7, 9])
            try expect(try numbers(["a.$date", "exists", true]), [])
            try expect(try numbers(["a.b.$date", "eq", "x"]), [9])
            try expect(try numbers(["n.x", "exists", true]), [])
            try expect(try numbers(["id.x", "eq", nil]).count, 9)
        },
        ConformanceCase("a condition sees the whole value: no list is matched by its elements") { subject in
            let items = try subject.repository(["indexes": ["v"]])
            try items.fill([["v": [1, 2]], ["v": ["x"]], ["v": [nil]]])
            for operand: RecordValue in [1, "x", nil] { try expect(try items.count([["v", "eq", operand]]), 0) }
            try expect(try items.count([["v", "ne", 1]]), 3)
            try expect(try items.count([["v", "gte", 0]]), 0)
            try expect(try items.count([["v", "like", "%"]]), 0)
        },
        ConformanceCase("integers and floats compare by their exact value") { subject in
            let items = try subject.repository(["indexes": ["v"]])
            try items.fill(
                [9_007_199_254_740_992, 9_007_199_254_740_993, 9_007_199_254_740_994].map { ["v": .integer($0), "w": .integer($0)] })
            for field: RecordValue in ["v", "w"] {
                try expect(try items.count([[field, "eq", 9007199254740992.0]]), 1)
                try expect(try items.count([[field, "gt", 9007199254740992.0]]), 2)
                try expect(try items.count([[field, "lt", 9007199254740994.0]]), 2)
                try expect(try items.count([[field, "lt", 9.3e18]]), 3)
            }
        },
        ConformanceCase("a value never acts as an operator or a pattern") { subject in
            let items = try subject.repository(["indexes": ["v"]])
            try items.fill(hostileTexts.map { ["v": .string($0), "w": .string($0)] })
            for text in hostileTexts {
                for field: RecordValue in ["v", "w"] {
                    try expect(try items.getAll([[field, "eq", .string(text)]]).map { $0["v"] }, [.string(text)])
                    try expect(try items.getAll([[field, "in", [.string(text)]]]).count, 1)
                    try expect(try items.getAll([[field, "gte", .string(text)], [field, "lte", .string(text)]]).count, 1)
                }
            }
            try expect(error: .invalidInput) { try items.getAll([["v", "eq", ["$gt": ""]]]) }
            try expect(error: .invalidInput) { try items.getAll([["v", "eq", [1]]]) }
            try expect(error: .invalidInput) { try items.getAll([["v", "lt", true]]) }
            try expect(error: .invalidInput) { try items.getAll([["v", "$where", "1"]]) }
        },
        ConformanceCase("fields by hostile names") { subject in
            let names = [
                "a\"b", "a'b", "a b", "a;--", "a`b", "a\\b", "id2", "rowid", "body", "expires", "k:x", "é", "e\u{301}", "x]", "a?1",
            ]
            let items = try subject.repository(["indexes": .list(names.map { .string($0) })])
            for (index, name) in names.enumerated() {
                try items.save(RecordValue([name: .integer(Int64(index)), "other": RecordValue([name: .integer(Int64(index))])]))
            }
            for (index, name) in names.enumerated() {
                try expect(try items.count([[.string(name), "eq", .integer(Int64(index))]]), 1)
                try expect(try items.count([[.string("other.\(name)"), "eq", .integer(Int64(index))]]), 1)
                try expect(try items.count([[.string(name), "exists", true]]), 1)
            }
        },
        ConformanceCase("fields that differ only in case are different") { subject in
            let items = try subject.repository(["indexes": ["mail", "Mail", "MAIL"]])
            try items.fill([["mail": 1], ["Mail": 2], ["MAIL": 3], ["mAIL": 4]])
            for (name, value) in [("mail", 1), ("Mail", 2), ("MAIL", 3), ("mAIL", 4)] as [(RecordValue, RecordValue)] {
                try expect(try items.getAll([[name, "exists", true]]).count, 1)
                try expect(try items.count([[name, "eq", value]]), 1)
            }
        },
        ConformanceCase("a filter of the largest size") { subject in
            let items = try subject.repository(["indexes": ["n"]])
            try items.fill((0..<50).map { ["n": .integer($0)] })
            let operands = RecordValue.list((0..<1_000).map { .integer(Int64($0) * 2) })
            try expect(try items.count(Array(repeating: ["n", "in", operands], count: 64)), 25)
        },
    ]
}
