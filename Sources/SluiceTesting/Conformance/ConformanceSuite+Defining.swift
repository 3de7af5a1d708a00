import SluiceProtocol

extension ConformanceSuite {
    static let defining: [ConformanceCase] = [
        ConformanceCase("the same definition again, and one with fewer indexes, changes nothing") { subject in
            let name = RecordValue.string(subject.newName())
            let first = try subject.define(["name": name, "indexes": ["a", "b"]])
            try expect(try subject.define(["name": name, "indexes": ["a", "b"]]).definition, first.definition)
            try expect(try subject.define(["name": name]).definition, first.definition)
            try expect(try subject.define(["name": name, "indexes": ["b"]]).definition.indexes.count, 2)
        },
        ConformanceCase("indexes are added to what is there, records included") { subject in
            let name = RecordValue.string(subject.newName())
            let before = try subject.repository(["name": name])
            try before.fill((0..<100).map { ["n": .integer($0), "a": ["b": .string("x\($0 % 10)")], "t": .timestamp($0)] })
            let after = try subject.repository([
                "name": name, "indexes": ["n", "a.b", ["fields": ["a.b", "n"]]], "GSI": ["t": ["type": "N"]],
            ])
            try expect(after.defined.definition.indexes.count, 3)
            for repository in [before, after] {
                try expect(try repository.count([["n", "lt", 50]]), 50)
                try expect(try repository.count([["a.b", "eq", "x3"]]), 10)
                try expect(try repository.getAll([["a.b", "like", "x%"]], order: ["-n"], limit: 1)[0]["n"], 99)
                try expect(try repository.count([["t", "gte", .timestamp(90)]]), 10)
            }
            // A handle from before the index was there writes into it all the same.
            try before.save(["n": 7, "a": ["b": "x3"]])
            try expect(try after.count([["a.b", "eq", "x3"]]), 11)
        },
        ConformanceCase("what cannot change is invalidInput that names the difference") { subject in
            let name = RecordValue.string(subject.newName())
            let base: RecordValue = [
                "name": name, "hashKey": "code", "indexes": ["a"], "enableTtl": true, "ttlAttribute": "created", "ttl": 60,
            ]
            let first = try subject.define(base)
            let changes: [(String, RecordValue)] = [
                ("hashKey", "other"), ("hashKeyType", "N"), ("rangeKey", "at"), ("customId", true), ("ttl", 61), ("enableTtl", false),
                ("indexes", [["fields": ["a"], "unique": true]]),
            ]
            for (key, value) in changes {
                var changed = base
                changed[key] = value
                let error = try expect(error: .invalidInput) { try subject.define(changed) }
                try expect(error.details["reason"], .string("definitionConflict"))
                try expect(
                    error.details["key"] != nil && error.details["stored"] != nil && error.details["asked"] != nil,
                    "the difference is named: \(error.details)")
            }
            try expect(try subject.define(base).definition, first.definition)
        },
        ConformanceCase("capacity differences are reported, not applied") { subject in
            let name = RecordValue.string(subject.newName())
            _ = try subject.define(["name": name, "readCapacity": 5])
            let again = try subject.define(["name": name, "readCapacity": 9])
            try expect(again.definition.readCapacity, 5)
            try expect(again.notices.count, 1)
        },
        ConformanceCase("a unique index over records that collide is refused, and nothing changes") { subject in
            guard subject.backend.capabilities.uniqueIndexes else { return }
            let name = RecordValue.string(subject.newName())
            let items = try subject.repository(["name": name])
            try items.fill([["v": 1], ["v": 1.0], ["w": [1]]])
            let unique: (RecordValue) -> RecordValue = { ["name": name, "indexes": [["fields": [$0], "unique": true]]] }
            try expect(error: .alreadyExists) { try subject.define(unique("v")) }
            try expect(error: .invalidInput) { try subject.define(unique("w")) }
            try expect(try subject.define(["name": name]).definition.indexes.count, 0)
            try items.save(["v": 1])
            try expect(try items.count([["v", "eq", 1]]), 3)
        },
        ConformanceCase("collections whose names differ only in case are different") { subject in
            let base = subject.newName("case")
            let names = [base, base.uppercased(), "C" + base.dropFirst()]
            let repositories = try names.map { try subject.repository(["name": .string($0), "indexes": ["v"]]) }
            for (index, repository) in repositories.enumerated() { try repository.save(["v": .integer(Int64(index))]) }
            for (index, repository) in repositories.enumerated() {
                try expect(try repository.getAll().map { $0["v"] }, [.integer(Int64(index))])
            }
        },
        ConformanceCase("two repositories on one collection see the same records") { subject in
            let name = RecordValue.string(subject.newName())
            let first = try subject.repository(["name": name, "indexes": ["a"]])
            let second = try subject.repository(["name": name, "indexes": ["b"]])
            let saved = try first.save(["a": 1, "b": 2])
            try expect(try second.getOne([["b", "eq", 2]]), saved)
            try second.save(["a": 3, "b": 4])
            try expect(try first.count([["a", "gt", 0]]), 2)
        },
        ConformanceCase("capabilities are stated") { subject in
            let items = try subject.repository()
            try expect(items.defined.capabilities, subject.backend.capabilities)
        },
    ]
}
