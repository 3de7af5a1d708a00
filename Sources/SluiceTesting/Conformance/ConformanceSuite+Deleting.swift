import SluiceProtocol

extension ConformanceSuite {
    static let deleting: [ConformanceCase] = [
        ConformanceCase("deleteOne deletes one record that matches") { subject in
            let users = try subject.repository()
            try users.fill(Array(repeating: ["role": "user"], count: 3))
            try users.deleteOne([["role", "eq", "user"]])
            try expect(try users.count(), 2)
            try expect(error: .notFound) { try users.deleteOne([["role", "eq", "guest"]]) }
            try expect(error: .invalidInput) { try users.deleteOne([]) }
            try expect(try users.count(), 2)
        },
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
        ConformanceCase("deleteAll with an empty filter needs the flag") { subject in
            let users = try subject.repository()
            try users.fill(Array(repeating: [:], count: 10))
            try expect(error: .invalidInput) { try users.deleteAll([]) }
            try expect(try users.count(), 10)
            try expect(try users.deleteAll([], all: true), 10)
            try expect(try users.count(), 0)
        },
        ConformanceCase("a deleted record makes way for another with its id and values") { subject in
            let users = try subject.repository(["hashKey": "code"])
            try users.save(["id": id(1), "code": "c"])
            try users.deleteOne([["code", "eq", "c"]])
            try expect(try users.save(["id": id(1), "code": "c", "again": true])["again"], true)
        },
    ]
}
