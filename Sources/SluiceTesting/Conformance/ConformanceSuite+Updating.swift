import SluiceProtocol

extension ConformanceSuite {
    static let updating: [ConformanceCase] = [
        ConformanceCase("each update of one record out of many takes another") { subject in
            let jobs = try subject.repository(["indexes": ["state"]])
            try jobs.fill(Array(repeating: ["state": "new"], count: 20))
            var taken: Set<String> = []
            for _ in 0..<20 { taken.insert(try jobs.save(["state": "taken"], [["state", "eq", "new"]]).id.text) }
            try expect(taken.count, 20)
            try expect(error: .notFound) { try jobs.save(["state": "taken"], [["state", "eq", "new"]]) }
        },
        ConformanceCase("an update finds the one record among 1,025 that matches") { subject in
            let items = try subject.repository()
            try items.fill((0..<1_025).map { ["n": .integer(Int64($0)), "text": .string("t\($0)")] })
            try expect(try items.save(["found": 1], [["text", "like", "%t777"]])["n"], 777)
            try expect(try items.save(["found": 2], [["n", "eq", 1_024]])["text"], "t1024")
            try expect(try items.getAll([["found", "exists", true]], order: ["n"]).map { $0["n"] }, [777, 1_024])
            try items.deleteOne([["text", "like", "%t778"]])
            try expect(try items.count([["n", "eq", 778]]), 0)
            try expect(try items.count(), 1_024)
        },
        ConformanceCase("an update of a large record keeps all of it") { subject in
            let items = try subject.repository()
            let text = RecordValue.string(String(repeating: "0123456789", count: 30_000))
            let saved = try items.save(["text": text, "n": 1])
            try expect(try items.save(["n": 2], [["id", "eq", saved.id]]), ["id": saved.id, "text": text, "n": 2])
            try expect(try items.getOne([["n", "eq", 2]]), ["id": saved.id, "text": text, "n": 2])
        },
        ConformanceCase("an update may not grow a record over what the engine holds") { subject in
            let items = try subject.repository()
            let half = RecordValue.binary(Array(repeating: 1, count: subject.facts.maxRecordBytes / 2))
            let saved = try items.save(["a": half])
            let error = try expect(error: .tooLarge) { try items.save(["b": half, "c": half], [["id", "eq", saved.id]]) }
            try expect(error.limit, subject.facts.recordLimit)
            try expect(try items.getOne([["id", "eq", saved.id]]), saved)
        },
    ]
}
