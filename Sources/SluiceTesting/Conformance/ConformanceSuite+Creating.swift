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
        ConformanceCase("a create keeps the id it is given") { subject in
            let users = try subject.repository()
            try expect(try users.save(["id": id(7), "a": 1]), ["id": id(7), "a": 1])
        },
        ConformanceCase("a given id of another form is invalidInput without customId") { subject in
            let users = try subject.repository()
            for bad: RecordValue in [
                "", "x", "00000000000000000000000G", "0000000000000000000000AB", 5, nil, ["a": 1], .objectID("000000000000000000000001"),
            ] {
                try expect(error: .invalidInput) { try users.save(["id": bad]) }
            }
            try expect(try users.count(), 0)
        },
        ConformanceCase("a create with an id that is there is alreadyExists and changes nothing") { subject in
            let users = try subject.repository()
            try users.save(["id": id(1), "name": "first"])
            let error = try expect(error: .alreadyExists) { try users.save(["id": id(1), "name": "second"]) }
            try expect(error.isOutcomeKnown, "a refused create is known not to have happened")
            try expect(try users.getOne([["id", "eq", id(1)]])["name"], "first")
        },
        ConformanceCase("a create with a generated id that is sent again answers the record it made") { subject in
            let users = try subject.repository()
            let first = try users.save(["id": id(1), "name": "Ann"], generated: true)
            try expect(try users.save(["id": id(1), "name": "Ann"], generated: true), first)
            try expect(try users.count(), 1)
        },
        ConformanceCase("a repeated create finds its own record whichever index collides") { subject in
            let users = try subject.repository(["hashKey": "code", "indexes": [["fields": ["mail"], "unique": true]]])
            let first = try users.save(["id": id(1), "code": "c", "mail": "m"], generated: true)
            try expect(try users.save(["id": id(1), "code": "c", "mail": "m"], generated: true), first)
            try expect(error: .alreadyExists) { try users.save(["id": id(2), "code": "c", "mail": "n"], generated: true) }
            try expect(error: .alreadyExists) { try users.save(["id": id(2), "code": "d", "mail": "m"], generated: true) }
            try expect(try users.count(), 1)
        },
        ConformanceCase("with customId the id is any string that is not empty, and required") { subject in
            let users = try subject.repository(["customId": true])
            try expect(try users.save(["id": "ann@example.org"]).id, "ann@example.org")
            try expect(try users.save(["id": "Ünïcode 😀 'quotes' \" % _"]).id, "Ünïcode 😀 'quotes' \" % _")
            for bad: RecordValue in [["a": 1], ["id": ""], ["id": 5], ["id": nil]] {
                try expect(error: .invalidInput) { try users.save(bad) }
            }
            try expect(error: .alreadyExists) { try users.save(["id": "ann@example.org"]) }
            try expect(error: .invalidInput) { try users.save(["id": id(1)], generated: true) }
        },
        ConformanceCase("key fields are required and typed") { subject in
            let items = try subject.repository(["hashKey": "code", "rangeKey": "at", "rangeKeyType": "N"])
            for bad: RecordValue in [
                ["at": 1], ["code": "x"], ["code": 5, "at": 1], ["code": "x", "at": "1"], ["code": nil, "at": 1],
                ["code": "x", "at": ["a": 1]],
                ["code": ["x"], "at": 1],
            ] { try expect(error: .invalidInput) { try items.save(bad) } }
            try items.save(["code": "x", "at": 1])
            try items.save(["code": "x", "at": 1.5])
            try expect(try items.count(), 2)
        },
        ConformanceCase("a binary key") { subject in
            let items = try subject.repository(["hashKey": "hash", "hashKeyType": "B"])
            try items.save(["hash": .binary([0, 255, 1])])
            try expect(error: .invalidInput) { try items.save(["hash": "text"]) }
            try expect(error: .alreadyExists) { try items.save(["hash": .binary([0, 255, 1])]) }
            try expect(try items.getOne([["hash", "eq", .binary([0, 255, 1])]])["hash"], .binary([0, 255, 1]))
        },
        ConformanceCase("the key is unique: hash and range together") { subject in
            let items = try subject.repository(["hashKey": "code", "rangeKey": "at", "rangeKeyType": "N"])
            try items.save(["code": "x", "at": 1])
            try items.save(["code": "x", "at": 2])
            try items.save(["code": "y", "at": 1])
            try expect(error: .alreadyExists) { try items.save(["code": "x", "at": 2]) }
            try expect(error: .alreadyExists) { try items.save(["code": "x", "at": 2.0]) }
        },
        ConformanceCase("a unique index ignores records in which a field is missing or null") { subject in
            guard subject.backend.capabilities.uniqueIndexes else { return }
            let users = try subject.repository(["indexes": [["fields": ["mail", "team"], "unique": true]]])
            try users.fill([
                [:], [:], ["mail": nil], ["mail": "m"], ["mail": "m", "team": nil], ["mail": "m", "team": "t"], ["mail": "m", "team": "u"],
            ])
            try expect(error: .alreadyExists) { try users.save(["mail": "m", "team": "t"]) }
            try expect(try users.count(), 7)
        },
        ConformanceCase("a unique index tells kinds apart and numbers by value") { subject in
            guard subject.backend.capabilities.uniqueIndexes else { return }
            let users = try subject.repository(["indexes": [["fields": ["v"], "unique": true]]])
            try users.fill([
                ["v": 1], ["v": "1"], ["v": true], ["v": .binary([0x31])], ["v": .timestamp(1)], ["v": 1.5],
            ])
            try expect(error: .alreadyExists) { try users.save(["v": 1.0]) }
            try expect(error: .alreadyExists) { try users.save(["v": "1"]) }
        },
        ConformanceCase("a unique index tells decimals from numbers") { subject in
            guard subject.backend.capabilities.uniqueIndexes else { return }
            let users = try subject.repository(["indexes": [["fields": ["v"], "unique": true]]])
            try users.fill([["v": .decimal("1")], ["v": 1]])
            try expect(error: .alreadyExists) { try users.save(["v": .decimal("1.0")]) }
        },
        ConformanceCase("a map or list in a key or unique field is invalidInput") { subject in
            guard subject.backend.capabilities.uniqueIndexes else { return }
            let users = try subject.repository(["indexes": [["fields": ["a.b"], "unique": true]]])
            try expect(error: .invalidInput) { try users.save(["a": ["b": [1]]]) }
            try expect(error: .invalidInput) { try users.save(["a": ["b": ["c": 1]]]) }
            let saved = try users.save(["a": ["b": 1, "c": [1]]])
            try expect(error: .invalidInput) { try users.save(["a": ["b": [2]]], [["id", "eq", saved.id]]) }
            try expect(try users.getAll(), [saved])
        },
        ConformanceCase("saveMany gives each object its own outcome, in order") { subject in
            let users = try subject.repository()
            let outcomes = try users.saveMany(
                [["id": id(1), "n": 1], ["id": id(2), "n": 2], ["id": id(1), "n": 3], ["id": "bad"], ["n": 5]],
                generated: [true, false, false, false, false])
            try expect(try outcomes[0].get(), ["id": id(1), "n": 1])
            try expect(try outcomes[1].get(), ["id": id(2), "n": 2])
            try expect(error: .alreadyExists) { try outcomes[2].get() }
            try expect(error: .invalidInput) { try outcomes[3].get() }
            try expect(try outcomes[4].get()["n"], 5)
            try expect(try users.count(), 3)
            try expect(try users.saveMany([["id": id(1), "n": 1]], generated: [true])[0].get(), ["id": id(1), "n": 1])
        },
        ConformanceCase("a thousand objects in one saveMany") { subject in
            let items = try subject.repository()
            let saved = try items.fill((0..<1_000).map { ["n": .integer(Int64($0))] })
            try expect(saved.map { $0["n"] }, (0..<1_000).map { .integer($0) })
            try expect(try items.count([["n", "gte", 500]]), 500)
        },
        ConformanceCase("what a create answers is canonical: timestamps in milliseconds, decimals in their one form") { subject in
            let items = try subject.repository()
            let saved = try items.save(["d": .decimal("1E2"), "e": .decimal("1.50e0"), "list": [["f": .decimal("000.10")]]])
            try expect(saved["d"], .decimal("1E+2"))
            try expect(saved["e"], .decimal("1.50"))
            try expect(saved["list"], [["f": .decimal("0.10")]])
            try expect(try items.getOne([["id", "eq", saved.id]]), saved)
        },
    ]
}
