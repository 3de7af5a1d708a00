import SluiceProtocol

extension ConformanceSuite {
    static let defining: [ConformanceCase] = [
        ConformanceCase("the sum of what was defined is answered") { subject in
            let name = RecordValue.string(subject.newName())
            let first = try subject.define(["name": name, "indexes": ["a", "b"]])
            try expect(try subject.define(["name": name, "indexes": ["a", "b"]]).definition, first.definition)
            try expect(try subject.define(["name": name]).definition, first.definition)
            try expect(try subject.define(["name": name, "indexes": ["b"]]).definition.indexes.count, 2)
            let more = try subject.define(["name": name, "indexes": ["c", ["fields": ["a", "b"]]], "GSI": ["t": [:]]]).definition
            try expect(more.indexes.map { $0.fields.map(\.text) }, [["a"], ["b"], ["c"], ["a", "b"]])
            try expect(more.globalIndexes.map(\.attribute.name), ["t"])
        },
        ConformanceCase("a handle from before an index was there writes into it all the same") { subject in
            let name = RecordValue.string(subject.newName())
            let before = try subject.repository(["name": name])
            try before.fill((0..<100).map { ["n": .integer($0), "a": ["b": .string("x\($0 % 10)")]] })
            let after = try subject.repository(["name": name, "indexes": ["n", "a.b"]])
            try before.save(["n": 7, "a": ["b": "x3"]])
            try expect(try after.count([["a.b", "eq", "x3"]]), 11)
            try expect(try after.count([["n", "eq", 7]]), 2)
        },
        ConformanceCase("a difference is named: key, what is stored, what was asked") { subject in
            let name = RecordValue.string(subject.newName())
            let base: RecordValue = ["name": name, "hashKey": "code", "enableTtl": true, "ttlAttribute": "created", "ttl": 60]
            let first = try subject.define(base)
            let changes: [(String, RecordValue)] = [
                ("hashKey", "other"), ("hashKeyType", "N"), ("rangeKey", "at"), ("customId", true), ("ttl", 61), ("enableTtl", false),
            ]
            for (key, value) in changes {
                var changed = base
                changed[key] = value
                let error = try expect(error: .invalidInput) { try subject.define(changed) }
                try expect(error.details["reason"], .string("definitionConflict"))
                for detail in ["key", "stored", "asked"] {
                    try expect(error.details[detail] != nil, "\(detail) is named in \(error.details)")
                }
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
        ConformanceCase("capabilities are those of the engine, neither more nor less") { subject in
            try expect(subject.backend.capabilities, subject.facts.capabilities)
            try expect(try subject.repository().defined.capabilities, subject.facts.capabilities)
            try expect(try subject.repository(["indexes": ["a"]]).defined.capabilities, subject.facts.capabilities)
        },
        ConformanceCase("the capability consistentIndexReads goes with a GSI where the engine reads one late") { subject in
            let items = try subject.repository(["GSI": ["team": [:]]])
            var expected = subject.facts.capabilities
            expected.consistentIndexReads = !subject.facts.hasLateIndexes
            try expect(items.defined.capabilities, expected)
        },
        ConformanceCase("the capability uniqueId goes with another key where the engine keeps only the key unique") { subject in
            var expected = subject.facts.capabilities
            expected.uniqueId = subject.facts.keepsIdUnique
            try expect(try subject.repository(["hashKey": "code"]).defined.capabilities, expected)
            try expect(try subject.repository(["hashKey": "code", "rangeKey": "at"]).defined.capabilities, expected)
            try expect(try subject.repository(["customId": true]).defined.capabilities, subject.facts.capabilities)
        },
        ConformanceCase("an attribute of a GSI holds anything, or its type alone where the engine demands it") { subject in
            let items = try subject.repository(["GSI": ["team": [:]]])
            try items.save(["team": "x"])
            for value: RecordValue in [5, nil, ["a": 1], .timestamp(0)] {
                if subject.facts.hasTypedIndexes {
                    try expect(error: .invalidInput) { try items.save(["team": value]) }
                } else {
                    try expect(try items.save(["team": value])["team"], value)
                }
            }
            try expect(try items.count(), subject.facts.hasTypedIndexes ? 1 : 5)
        },
    ]
}
