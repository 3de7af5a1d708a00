import SluiceProtocol

extension ConformanceSuite {
    static let creating: [ConformanceCase] = [
        ConformanceCase("a create answers the record with an id of 24 hexadecimal digits, as reads give it") { subject in
            let users = try subject.repository()
            let saved = try users.save(["name": "Ann", "age": 41])
            try expect(saved["name"], "Ann")
            try expect(saved.id.text.utf8.count, 24)
            try expect(
                saved.id.text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) },
                "the id is lowercase hexadecimal")
            try expect(try users.getOne([["id", "eq", saved.id]]), saved)
        },
        ConformanceCase("records created without an id get different ones") { subject in
            let users = try subject.repository()
            let records = try users.fill(Array(repeating: ["same": true], count: 100))
            try expect(Set(records.map(\.id.text)).count, 100)
            try expect(try users.count(), 100)
        },
        ConformanceCase("a refused create is known not to have happened") { subject in
            let users = try subject.repository()
            try users.save(["id": id(1)])
            try expect(try expect(error: .alreadyExists) { try users.save(["id": id(1)]) }.isOutcomeKnown, true)
            try expect(try expect(error: .invalidInput) { try users.save(["id": "bad"]) }.isOutcomeKnown, true)
        },
        ConformanceCase("a thousand objects in one saveMany") { subject in
            let items = try subject.repository()
            let saved = try items.fill((0..<1_000).map { ["n": .integer(Int64($0))] })
            try expect(saved.map { $0["n"] }, (0..<1_000).map { .integer($0) })
            try expect(try items.count([["n", "gte", 500]]), 500)
        },
        ConformanceCase("of a large saveMany only what collides fails") { subject in
            let items = try subject.repository(["hashKey": "code"])
            try items.fill((0..<50).map { ["code": .string("c\($0 * 10)"), "first": true] })
            let outcomes = try items.saveMany((0..<500).map { ["code": .string("c\($0)")] })
            for (number, outcome) in outcomes.enumerated() {
                if number % 10 == 0 {
                    try expect(error: .alreadyExists) { try outcome.get() }
                } else {
                    try expect(try outcome.get()["code"], .string("c\(number)"))
                }
            }
            try expect(try items.count(), 500)
            try expect(try items.count([["first", "eq", true]]), 50)
        },
        ConformanceCase("an id under two keys is refused where ids are unique, and kept apart where they are not") { subject in
            let items = try subject.repository(["hashKey": "code"])
            try items.save(["id": id(1), "code": "x"])
            guard !items.defined.capabilities.uniqueId else {
                try expect(error: .alreadyExists) { try items.save(["id": id(1), "code": "y"]) }
                return try expect(try items.count(), 1)
            }
            try items.save(["id": id(1), "code": "y"])
            try expect(try items.count([["id", "eq", id(1)]]), 2)
            for order in [[], ["n"], ["-code"]] {
                try expect(Set(try items.walk(order: order, size: 1).compactMap { $0["code"]?.text }), ["x", "y"])
            }
        },
    ]
}
