import SluiceProtocol

extension ConformanceSuite {
    static let updating: [ConformanceCase] = [
        ConformanceCase("an update sets the given top-level fields and keeps the others") { subject in
            let users = try subject.repository(["indexes": ["age"]])
            let ann = try users.save(["name": "Ann", "age": 41, "tags": ["a": 1, "b": 2]])
            let updated = try users.save(["age": 42, "tags": ["c": 3], "new": nil], [["id", "eq", ann.id]])
            try expect(updated, ["id": ann.id, "name": "Ann", "age": 42, "tags": ["c": 3], "new": nil])
            try expect(try users.getOne([["id", "eq", ann.id]]), updated)
            try expect(try users.count([["age", "eq", 42]]), 1)
            try expect(try users.count([["age", "eq", 41]]), 0)
        },
        ConformanceCase("an update changes one record that matches") { subject in
            let users = try subject.repository()
            try users.fill(Array(repeating: ["role": "user"], count: 5))
            try users.save(["seen": true], [["role", "eq", "user"]])
            try expect(try users.count([["seen", "eq", true]]), 1)
        },
        ConformanceCase("an update of nothing is notFound") { subject in
            let users = try subject.repository()
            try users.save(["n": 1])
            try expect(error: .notFound) { try users.save(["n": 2], [["n", "eq", 5]]) }
            try expect(error: .notFound) { try users.save(["n": 2], [["id", "eq", id(1)]]) }
        },
        ConformanceCase("an update needs a filter and a field") { subject in
            let users = try subject.repository()
            try users.save(["n": 1])
            try expect(error: .invalidInput) { try users.save(["n": 2], []) }
            try expect(error: .invalidInput) { try users.save([:], [["n", "eq", 1]]) }
            try expect(try users.count([["n", "eq", 1]]), 1)
        },
        ConformanceCase("update keys are names, never paths") { subject in
            let users = try subject.repository()
            let saved = try users.save(["a": ["b": 1]])
            try expect(error: .invalidInput) { try users.save(["a.b": 2], [["id", "eq", saved.id]]) }
            try expect(error: .invalidInput) { try users.save(["$set": ["a": 2]], [["id", "eq", saved.id]]) }
            try expect(try users.getAll(), [saved])
        },
        ConformanceCase("id and key must equal the stored ones") { subject in
            let items = try subject.repository(["hashKey": "code", "rangeKey": "at", "rangeKeyType": "N"])
            let saved = try items.save(["code": "x", "at": 1, "v": 1])
            for change: RecordValue in [["id": id(9)], ["code": "y"], ["at": 2], ["at": "1"], ["code": nil], ["code": ["x"]]] {
                var fields = change
                fields["v"] = 2
                try expect(error: .invalidInput) { try items.save(fields, [["code", "eq", "x"]]) }
            }
            try expect(try items.getAll(), [saved])
            let updated = try items.save(["id": saved.id, "code": "x", "at": 1.0, "v": 3], [["code", "eq", "x"]])
            try expect(updated, ["id": saved.id, "code": "x", "at": 1, "v": 3])
        },
        ConformanceCase("an update that collides is alreadyExists and changes nothing") { subject in
            guard subject.backend.capabilities.uniqueIndexes else { return }
            let users = try subject.repository(["indexes": [["fields": ["mail"], "unique": true]]])
            let records = try users.fill([["mail": "a"], ["mail": "b"]])
            try expect(error: .alreadyExists) { try users.save(["mail": "a"], [["id", "eq", records[1].id]]) }
            try expect(try users.save(["mail": "b", "n": 1], [["id", "eq", records[1].id]])["n"], 1)
            try expect(try users.getOne([["id", "eq", records[0].id]]), records[0])
        },
        ConformanceCase("an update whose filter names the field it changes") { subject in
            let jobs = try subject.repository(["indexes": ["state"]])
            try jobs.fill(Array(repeating: ["state": "new"], count: 20))
            var taken: Set<String> = []
            for _ in 0..<20 { taken.insert(try jobs.save(["state": "taken"], [["state", "eq", "new"]]).id.text) }
            try expect(taken.count, 20)
            try expect(error: .notFound) { try jobs.save(["state": "taken"], [["state", "eq", "new"]]) }
        },
        ConformanceCase("an update to any kind of value") { subject in
            let items = try subject.repository(["indexes": ["v"]])
            let saved = try items.save(["v": 0])
            for value: RecordValue in [
                nil, true, 1, 1.5, "x", .binary([1]), .timestamp(5), .decimal("1.50"), .objectID("65a1b2c3d4e5f60718293a4b"), [1, [2]],
                ["$date": "x"], ["a": [:]],
            ] {
                try expect(try items.save(["v": value], [["id", "eq", saved.id]]), ["id": saved.id, "v": value])
                try expect(try items.getOne([["id", "eq", saved.id]])["v"], value)
            }
        },
        ConformanceCase("an update may not grow a record over maxRecordBytes") { subject in
            let items = try subject.repository()
            let half = RecordValue.binary(Array(repeating: 1, count: Limits().maxRecordBytes / 2))
            guard let saved = try? items.save(["a": half]) else { return }
            try expect(error: .tooLarge) { try items.save(["b": half, "c": 1], [["id", "eq", saved.id]]) }
            try expect(try items.getOne([["id", "eq", saved.id]])["b"], nil)
        },
    ]
}
