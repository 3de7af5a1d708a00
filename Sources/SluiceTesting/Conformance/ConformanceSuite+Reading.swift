import SluiceBackend
import SluiceProtocol

extension ConformanceSuite {
    static let reading: [ConformanceCase] = [
        ConformanceCase("getOne, getAll and count of an empty repository") { subject in
            let users = try subject.repository()
            try expect(error: .notFound) { try users.getOne([]) }
            try expect(try users.getAll(), [])
            try expect(try users.count(), 0)
        },
        ConformanceCase("getOne with an empty filter gives any record") { subject in
            let users = try subject.repository()
            let records = try users.fill([["n": 1], ["n": 2]])
            try expect(records.contains(try users.getOne([])), "one of the records came")
        },
        ConformanceCase("an id of another form matches nothing") { subject in
            let users = try subject.repository()
            try users.save(["id": id(1)])
            for other: RecordValue in ["x", "", 1, true, .objectID("000000000000000000000001"), .binary([1])] {
                try expect(error: .notFound) { try users.getOne([["id", "eq", other]]) }
            }
            try expect(try users.count([["id", "in", [id(1), id(2), "x"]]]), 1)
        },
        ConformanceCase("limit and offset") { subject in
            let items = try subject.repository()
            try items.fill((0..<20).map { ["n": .integer($0)] })
            func numbers(_ limit: Int, _ offset: Int) throws -> [RecordValue?] {
                try items.getAll(order: ["n"], limit: limit, offset: offset).map { $0["n"] }
            }
            try expect(try numbers(3, 0), [0, 1, 2])
            try expect(try numbers(3, 18), [18, 19])
            try expect(try numbers(0, 17), [17, 18, 19])
            try expect(try numbers(5, 20), [])
            try expect(try numbers(100, 0).count, 20)
            try expect(try items.getAll(limit: 7).count, 7)
        },
        ConformanceCase("a result larger than a part comes whole and in order") { subject in
            let items = try subject.repository()
            let filler = RecordValue.string(String(repeating: "x", count: 100_000))
            for start in stride(from: 0, to: 40, by: 10) {
                try items.fill((start..<start + 10).map { ["n": .integer(Int64($0)), "filler": filler] })
            }
            try expect(try items.getAll(order: ["-n"]).map { $0["n"] }, (0..<40).reversed().map { .integer($0) })
            try expect(try items.getAll(order: ["n"], limit: 25, offset: 10).map { $0["n"] }, (10..<35).map { .integer($0) })
            try expect(try items.getAll().count, 40)
        },
        ConformanceCase("reads of one batch are answered each for itself") { subject in
            let items = try subject.repository()
            let records = try items.fill((0..<10).map { ["n": .integer($0)] })
            var operations: [RepositoryOperation] = []
            for record in records + [["id": id(1)]] + records {
                operations.append(try ConformanceRepository.operation(.getOne, [1: [["id", "eq", record.id]]]))
            }
            operations.append(try ConformanceRepository.operation(.count, [1: [["n", "lt", 5]]]))
            let results = items.run(operations)
            try expect(results.count, 22)
            for (index, result) in results.enumerated() {
                switch index {
                case 10: try expect(error: .notFound) { try result.get() }
                case 21:
                    guard case .count(5) = try result.get() else { throw ConformanceFailure("expected 5, found \(result)", #line, #fileID) }
                default:
                    guard case .record(let record) = try result.get() else { throw ConformanceFailure("expected a record", #line, #fileID) }
                    try expect(try RecordValue(record), records[index < 10 ? index : index - 11])
                }
            }
        },
        ConformanceCase("a batch whose deadline has passed is not started") { subject in
            let items = try subject.repository()
            let create = try ConformanceRepository.operation(.save, [2: ["n": 1]])
            let past = MonotonicTime(nanoseconds: 1)
            try expect(try expect(error: .deadlineExceeded) { try items.run(create, deadline: past) }.isOutcomeKnown, true)
            try expect(error: .deadlineExceeded) { try items.run(try ConformanceRepository.operation(.count, [:]), deadline: past) }
            try expect(try items.count(), 0)
        },
    ]
}
