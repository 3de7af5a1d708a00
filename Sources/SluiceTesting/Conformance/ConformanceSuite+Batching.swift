import SluiceProtocol

extension ConformanceSuite {
    static let batching: [ConformanceCase] = [
        ConformanceCase("writes of one batch are answered each for itself, one that fails touches no other") { subject in
            let items = try subject.repository(["hashKey": "code"])
            try items.fill((0..<20).map { ["code": .string("c\($0)"), "n": .integer($0)] })
            // What of these runs first is open, so that none depends on another.
            let results = items.run([
                try ConformanceRepository.operation(.save, [2: ["n": 50], 1: [["code", "eq", "c1"]]]),
                try ConformanceRepository.operation(.save, [2: ["code": "c3"]]),
                try ConformanceRepository.operation(.deleteAll, [1: [["n", "gte", 10], ["n", "lt", 20]]]),
                try ConformanceRepository.operation(.deleteOne, [1: [["code", "eq", "gone"]]]),
                try ConformanceRepository.operation(.deleteOne, [1: [["code", "eq", "c2"]]]),
                try ConformanceRepository.operation(.save, [2: ["code": "other"], 1: [["code", "eq", "c4"]]]),
                try ConformanceRepository.operation(.upsert, [2: ["code": "c5", "more": true]]),
                try ConformanceRepository.operation(.replace, [2: ["code": "c6", "less": true]]),
                try ConformanceRepository.operation(.save, [2: ["code": "new"]]),
            ])
            try expect(results.count, 9)
            for index in [0, 2, 4, 6, 7, 8] { _ = try results[index].get() }
            try expect(error: .alreadyExists) { try results[1].get() }
            try expect(error: .notFound) { try results[3].get() }
            try expect(error: .invalidInput) { try results[5].get() }
            guard case .count(10) = try results[2].get() else { throw ConformanceFailure("expected 10, found \(results[2])") }
            let expected = ["c0", "c1", "c3", "c4", "c5", "c6", "c7", "c8", "c9", "new"]
            try expect(try items.getAll(order: ["code"]).map { $0["code"]?.text }, expected)
            try expect(try items.getOne([["code", "eq", "c1"]])["n"], 50)
            try expect(try items.getOne([["code", "eq", "c5"]])["n"], 5)
            try expect(try items.getOne([["code", "eq", "c6"]])["n"], nil)
        },
        ConformanceCase("creates of one batch that collide with each other: one of each key wins, the others fail alone") { subject in
            let items = try subject.repository(["hashKey": "code"])
            let operations = try (0..<40).map { try ConformanceRepository.operation(.save, [2: ["code": .string("c\($0 / 4)")]]) }
            var wins: Set<String> = []
            for (number, result) in items.run(operations).enumerated() {
                switch result {
                case .success(.record(let record)): wins.insert(try RecordValue(record)["code"]?.text ?? "")
                case .failure(let error): try expect(error.code, .alreadyExists)
                default: throw ConformanceFailure("expected a record for \(number), found \(result)")
                }
            }
            try expect(wins.count, 10)
            try expect(try items.count(), 10)
        },
        ConformanceCase("creates and saveManys of one batch, some of them invalid") { subject in
            let items = try subject.repository()
            let results = items.run([
                try ConformanceRepository.operation(.save, [2: ["id": id(1)]]),
                try ConformanceRepository.operation(.save, [2: ["id": "bad"]]),
                try ConformanceRepository.operation(.saveMany, [3: [["id": id(2)], ["id": 5], ["id": id(3)]]]),
                try ConformanceRepository.operation(.save, [2: ["id": id(4)], 9: true]),
                try ConformanceRepository.operation(.upsert, [2: ["id": id(5)]]),
            ])
            try expect(results.count, 5)
            try expect(error: .invalidInput) { try results[1].get() }
            guard case .outcomes(let outcomes) = try results[2].get() else { throw ConformanceFailure("expected outcomes") }
            try expect(error: .invalidInput) { try outcomes[1].get() }
            for index in [0, 3, 4] { _ = try results[index].get() }
            try expect(Set(try items.getAll().map(\.id.text)), Set((1...5).map { id($0).text }))
        },
        ConformanceCase("a batch larger than any one round trip") { subject in
            let items = try subject.repository()
            let creates = try (0..<250).map { try ConformanceRepository.operation(.save, [2: ["id": id($0), "n": .integer(Int64($0))]]) }
            for result in items.run(creates) { _ = try result.get() }
            let reads = try (0..<250).map { try ConformanceRepository.operation(.getOne, [1: [["id", "eq", id(249 - $0)]]]) }
            for (number, result) in items.run(reads).enumerated() {
                guard case .record(let record) = try result.get() else { throw ConformanceFailure("expected a record") }
                try expect(try RecordValue(record)["n"], .integer(Int64(249 - number)))
            }
        },
        ConformanceCase("large records in one batch come back whole") { subject in
            let items = try subject.repository()
            let text = RecordValue.string(String(repeating: "x", count: 300_000))
            let creates = try (0..<20).map { try ConformanceRepository.operation(.save, [2: ["id": id($0), "text": text]]) }
            for result in items.run(creates) { _ = try result.get() }
            let reads = try (0..<20).map { try ConformanceRepository.operation(.getOne, [1: [["id", "eq", id($0)]]]) }
            for (number, result) in items.run(reads).enumerated() {
                guard case .record(let record) = try result.get() else { throw ConformanceFailure("expected a record") }
                try expect(try RecordValue(record), ["id": id(number), "text": text])
            }
        },
        ConformanceCase("updates and deletes of one batch on one record") { subject in
            let items = try subject.repository()
            let saved = try items.save(["n": 0])
            let isIt: RecordValue = [["id", "eq", saved.id]]
            let results = items.run([
                try ConformanceRepository.operation(.save, [2: ["a": 1], 1: isIt]),
                try ConformanceRepository.operation(.save, [2: ["b": 2], 1: isIt]),
                try ConformanceRepository.operation(.save, [2: ["c": 3], 1: [["n", "eq", 5]]]),
            ])
            _ = try results[0].get()
            _ = try results[1].get()
            try expect(error: .notFound) { try results[2].get() }
            try expect(try items.getAll(), [["id": saved.id, "n": 0, "a": 1, "b": 2]])
        },
    ]
}
