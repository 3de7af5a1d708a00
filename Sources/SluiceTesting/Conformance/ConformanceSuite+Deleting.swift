import SluiceProtocol

extension ConformanceSuite {
    static let deleting: [ConformanceCase] = [
        ConformanceCase("deleteAll deletes every record that matches, and nothing else") { subject in
            let users = try subject.repository(["indexes": ["role"]])
            try users.fill((0..<2_500).map { ["role": $0 % 5 == 0 ? "guest" : "user", "n": .integer(Int64($0))] })
            try expect(try users.deleteAll([["role", "eq", "guest"], ["n", "gte", 100]]), 480)
            try expect(try users.count(), 2_020)
            try expect(try users.count([["role", "eq", "guest"]]), 20)
            try expect(try users.deleteAll([["n", "lt", 50]]), 50)
            try expect(try users.deleteAll([["n", "lt", 50]]), 0)
            try expect(try users.count([["role", "eq", "guest"]]), 10)
        },
        ConformanceCase("deleteAll by what only Sluice or a full scan can match deletes nothing else") { subject in
            let items = try subject.repository()
            try items.fill((0..<1_025).map { ["text": .string("t\($0)"), "n": .integer(Int64($0 % 10))] })
            try expect(try items.deleteAll([["text", "like", "%7"], ["n", "eq", 7]]), 102)
            try expect(try items.count([["n", "eq", 7]]), 0)
            try expect(try items.count(), 923)
        },
        ConformanceCase("deleteAll of everything, over several pages of the engine") { subject in
            let items = try subject.repository()
            let filler = RecordValue.string(String(repeating: "f", count: 20_000))
            for _ in 0..<3 { try items.fill((0..<50).map { ["n": .integer($0), "filler": filler] }) }
            try expect(try items.deleteAll([["n", "lt", 25]]), 75)
            try expect(try items.deleteAll([], all: true), 75)
            try expect(try items.count(), 0)
        },
    ]
}
