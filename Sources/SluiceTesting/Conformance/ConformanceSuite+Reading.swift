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
        ConformanceCase("identical reads of one batch are all answered") { subject in
            let items = try subject.repository()
            try items.save(["id": id(1), "n": 1])
            let read = try ConformanceRepository.operation(.getOne, [1: [["id", "eq", id(1)]]])
            let none = try ConformanceRepository.operation(.getOne, [1: [["id", "eq", id(2)]]])
            for (index, result) in items.run((0..<200).map { $0 % 4 == 3 ? none : read }).enumerated() {
                guard index % 4 != 3 else {
                    try expect(error: .notFound) { try result.get() }
                    continue
                }
                guard case .record(let record) = try result.get() else { throw ConformanceFailure("expected a record") }
                try expect(try RecordValue(record), ["id": id(1), "n": 1])
            }
        },
        ConformanceCase("an answer says how it is given, and what is left to Sluice") { subject in
            let items = try subject.repository(["indexes": ["n"]])
            try items.fill((0..<20).map { ["n": .integer($0)] })
            for arguments: [Int64: RecordValue] in [
                [:], [1: [["n", "gt", 5]]], [1: [["n", "gt", 5]], 4: [["n", "desc"]], 5: 3], [1: [["t", "like", "%x"]], 6: 2],
            ] {
                guard case .explanation(let how) = try items.run(try ConformanceRepository.operation(.explain, arguments)) else {
                    throw ConformanceFailure("expected an explanation")
                }
                guard case .page(let page) = try items.run(try ConformanceRepository.operation(.getAll, arguments)) else {
                    throw ConformanceFailure("expected a page")
                }
                try expect(how.records, page.count)
                try expect(!how.plan.isEmpty && how.plan.allSatisfy { !$0.isEmpty }, "the plan is told")
                try expect(how.finished.allSatisfy { ["filter", "order", "offset"].contains($0) }, "what is finished has names")
                let orders = arguments[4] != nil
                try expect(how.finished.contains("order"), orders && !subject.facts.capabilities.nativeOrder)
            }
        },
    ]
}
