import SluiceProtocol

extension ConformanceSuite {
    static let addressing: [ConformanceCase] = [
        ConformanceCase("upsert by id creates, then sets fields") { subject in
            let users = try subject.repository()
            try expect(try users.upsert(["id": id(1), "a": 1]), ["id": id(1), "a": 1])
            try expect(try users.upsert(["id": id(1), "b": 2]), ["id": id(1), "a": 1, "b": 2])
            try expect(try users.upsert(["id": id(1)]), ["id": id(1), "a": 1, "b": 2])
            try expect(try users.upsert(["a": 5]).id.text.utf8.count, 24)
            try expect(try users.count(), 2)
            try expect(error: .invalidInput) { try users.upsert(["id": "bad"]) }
            try expect(error: .invalidInput) { try users.upsert(["id": 5]) }
        },
        ConformanceCase("upsert with a generated id in a repository keyed by id") { subject in
            let users = try subject.repository()
            try users.upsert(["id": id(1), "a": 1], generated: true)
            try expect(try users.upsert(["id": id(1), "a": 1], generated: true), ["id": id(1), "a": 1])
            try expect(try users.count(), 1)
        },
        ConformanceCase("upsert by key, the generated id only for a record that is created") { subject in
            let items = try subject.repository(["hashKey": "code", "rangeKey": "at", "rangeKeyType": "N"])
            let first = try items.upsert(["id": id(1), "code": "x", "at": 1, "a": 1], generated: true)
            try expect(first, ["id": id(1), "code": "x", "at": 1, "a": 1])
            try expect(
                try items.upsert(["id": id(2), "code": "x", "at": 1, "b": 2], generated: true),
                ["id": id(1), "code": "x", "at": 1, "a": 1, "b": 2])
            try expect(try items.upsert(["code": "x", "at": 1, "b": 3])["b"], 3)
            try expect(try items.upsert(["code": "x", "at": 2]).id != id(1), "another key is another record")
            try expect(try items.count(), 2)
            try expect(error: .invalidInput) { try items.upsert(["code": "x"]) }
        },
        ConformanceCase("upsert with an id and a key of different records is alreadyExists") { subject in
            let items = try subject.repository(["hashKey": "code"])
            let before = [try items.save(["id": id(1), "code": "x"]), try items.save(["id": id(2), "code": "y"])]
            try expect(error: .alreadyExists) { try items.upsert(["id": id(1), "code": "y", "n": 1]) }
            try expect(error: .alreadyExists) { try items.replace(["id": id(1), "code": "y", "n": 1]) }
            try expect(error: .invalidInput) { try items.upsert(["id": id(1), "code": "z"]) }
            try expect(error: .invalidInput) { try items.upsert(["id": id(3), "code": "x"]) }
            try expect(try items.getAll(order: ["id"]), before)
            try expect(try items.upsert(["id": id(1), "code": "x", "n": 1]), ["id": id(1), "code": "x", "n": 1])
            try expect(try items.upsert(["id": id(1), "n": 2]), ["id": id(1), "code": "x", "n": 2])
        },
        ConformanceCase("upsert with customId") { subject in
            let users = try subject.repository(["customId": true])
            try expect(try users.upsert(["id": "ann", "n": 1]), ["id": "ann", "n": 1])
            try expect(try users.upsert(["id": "ann", "m": 2]), ["id": "ann", "n": 1, "m": 2])
            try expect(error: .invalidInput) { try users.upsert(["n": 1]) }
        },
        ConformanceCase("replace makes the record the object, keeping its id") { subject in
            let users = try subject.repository(["indexes": ["a"]])
            let saved = try users.save(["a": 1, "b": 2])
            try expect(try users.replace(["id": saved.id, "c": 3]), ["id": saved.id, "c": 3])
            try expect(try users.getAll(), [["id": saved.id, "c": 3]])
            try expect(try users.count([["a", "eq", 1]]), 0)
            try expect(error: .notFound) { try users.replace(["id": id(1), "c": 3]) }
            try expect(error: .invalidInput) { try users.replace(["c": 3]) }
        },
        ConformanceCase("replace by key keeps the id and needs the whole key") { subject in
            let items = try subject.repository(["hashKey": "code"])
            let saved = try items.save(["code": "x", "a": 1])
            try expect(try items.replace(["code": "x", "b": 2]), ["id": saved.id, "code": "x", "b": 2])
            try expect(error: .notFound) { try items.replace(["code": "y"]) }
            try expect(error: .invalidInput) { try items.replace(["id": saved.id, "b": 2]) }
            try expect(error: .invalidInput) { try items.replace(["id": saved.id, "code": "y"]) }
            try expect(try items.getAll(), [["id": saved.id, "code": "x", "b": 2]])
        },
    ]
}
