import Dispatch
import SluiceProtocol
import Synchronization

extension ConformanceSuite {
    /// Runs something on several threads at once, each with connections of its own.
    private static func concurrently(
        _ count: Int, _ subject: ConformanceSubject, _ repository: ConformanceRepository,
        _ body: @escaping @Sendable (Int, ConformanceRepository) throws -> Void
    ) throws {
        let failure = Mutex<(any Error)?>(nil)
        let backend = subject.backend
        let defined = repository.defined
        DispatchQueue.concurrentPerform(iterations: count) { index in
            do {
                try body(index, try ConformanceSubject(backend).handle(of: defined))
            } catch { failure.withLock { $0 = error } }
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    static let sharing: [ConformanceCase] = [
        ConformanceCase("of concurrent creates of one key exactly one wins") { subject in
            let items = try subject.repository(["hashKey": "code"])
            let wins = Counter()
            try concurrently(4, subject, items) { index, items in
                for round in 0..<25 {
                    do {
                        try items.save(["code": "c\(round)", "by": .integer(Int64(index))])
                        wins.add()
                    } catch let error as SluiceError where error.code == .alreadyExists {}
                }
            }
            try expect(wins.value, 25)
            try expect(try items.count(), 25)
        },
        ConformanceCase("concurrent updates of different fields lose nothing") { subject in
            let items = try subject.repository()
            let saved = try items.save(["n": 0])
            let filter: [RecordValue] = [["id", "eq", saved.id]]
            try concurrently(4, subject, items) { index, items in
                for round in 0..<25 { try items.save(RecordValue(["f\(index)": .integer(Int64(round))]), filter) }
            }
            try expect(try items.getOne(filter), ["id": saved.id, "n": 0, "f0": 24, "f1": 24, "f2": 24, "f3": 24])
        },
        ConformanceCase("concurrent conditional updates give each record to one taker") { subject in
            let jobs = try subject.repository(["indexes": ["state"]])
            try jobs.fill((0..<60).map { ["n": .integer($0), "state": "new"] })
            let taken = Counter()
            try concurrently(4, subject, jobs) { index, jobs in
                do {
                    while true {
                        try jobs.save(["state": "taken", "by": .integer(Int64(index))], [["state", "eq", "new"]])
                        taken.add()
                    }
                } catch let error as SluiceError where error.code == .notFound {}
            }
            try expect(taken.value, 60)
            try expect(try jobs.count([["state", "eq", "taken"]]), 60)
        },
        ConformanceCase("a write is seen by every reader once it is answered") { subject in
            let items = try subject.repository()
            let other = try ConformanceSubject(subject.backend).handle(of: items.defined)
            for number in 0..<20 as Range<Int64> {
                let saved = try items.save(["n": .integer(number)])
                try expect(try other.getOne([["id", "eq", saved.id]]), saved)
                try expect(try other.count(), Int(number) + 1)
            }
        },
        ConformanceCase("writes of one batch are answered each for itself, one that fails touches no other") { subject in
            let items = try subject.repository(["hashKey": "code"])
            var operations: [RepositoryOperation] = []
            for number in 0..<30 {
                operations.append(
                    try ConformanceRepository.operation(.save, [2: ["code": .string("c\(number % 20)"), "n": .integer(Int64(number))]]))
            }
            operations.append(try ConformanceRepository.operation(.save, [2: ["n": 5], 1: [["code", "eq", "c1"]]]))
            operations.append(try ConformanceRepository.operation(.deleteAll, [1: [["n", "gte", 10]]]))
            operations.append(try ConformanceRepository.operation(.deleteOne, [1: [["code", "eq", "c15"]]]))
            operations.append(try ConformanceRepository.operation(.deleteOne, [1: [["code", "eq", "c2"]]]))
            let results = items.run(operations)
            try expect(results.count, 34)
            for (number, result) in results[..<30].enumerated() {
                if number < 20 { _ = try result.get() } else { try expect(error: .alreadyExists) { try result.get() } }
            }
            guard case .count(10) = try results[31].get() else {
                throw ConformanceFailure("expected 10, found \(results[31])", #line, #fileID)
            }
            try expect(error: .notFound) { try results[32].get() }
            _ = try results[33].get()
            try expect(try items.count(), 9)
            try expect(try items.getOne([["code", "eq", "c1"]])["n"], 5)
        },
    ]

    /// Counts from several threads.
    private final class Counter: Sendable {
        private let count = Atomic<Int>(0)
        func add() { count.add(1, ordering: .relaxed) }
        var value: Int { count.load(ordering: .relaxed) }
    }
}
