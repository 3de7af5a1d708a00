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
        let group = DispatchGroup()
        for index in 0..<count {
            // A queue each, so that there are as many threads as that, however few cores there are.
            DispatchQueue(label: "concurrently \(index)").async(group: group) {
                do { try body(index, try ConformanceSubject(backend).handle(of: defined)) } catch { failure.withLock { $0 = error } }
            }
        }
        group.wait()
        if let error = failure.withLock({ $0 }) { throw error }
    }

    /// Of creates of one key from eight connections, for many keys one after the other, one each wins.
    private static func oneWins(_ what: String, _ definition: RecordValue, _ object: @escaping @Sendable (Int) -> RecordValue)
        -> ConformanceCase
    {
        ConformanceCase("of concurrent creates with one \(what) exactly one wins") { subject in
            let items = try subject.repository(definition)
            let wins = Counter()
            try concurrently(8, subject, items) { index, items in
                for round in 0..<20 {
                    var object = object(round)
                    object["by"] = .integer(Int64(index))
                    do {
                        try items.save(object)
                        wins.add()
                    } catch let error as SluiceError where error.code == .alreadyExists {}
                }
            }
            try expect(wins.value, 20)
            try expect(try items.count(), 20)
        }
    }

    static let sharing: [ConformanceCase] = [
        oneWins("id", [:]) { ["id": id($0)] },
        oneWins("id of the caller's own", ["customId": true]) { ["id": .string("own \($0)")] },
        oneWins("key", ["hashKey": "code"]) { ["code": .string("c\($0)")] },
        oneWins("hash and range", ["hashKey": "code", "rangeKey": "at", "rangeKeyType": "N"]) { ["code": "x", "at": .integer(Int64($0))] },
        ConformanceCase("of concurrent creates with one unique value exactly one wins", need: .init("uniqueIndexes", isThere: true)) {
            subject in
            let items = try subject.repository(["indexes": [["fields": ["mail"], "unique": true]]])
            let wins = Counter()
            try concurrently(8, subject, items) { index, items in
                for round in 0..<20 {
                    do {
                        try items.save(["mail": .string("m\(round)")])
                        wins.add()
                    } catch let error as SluiceError where error.code == .alreadyExists {}
                }
            }
            try expect(wins.value, 20)
            try expect(try items.count(), 20)
        },
        ConformanceCase("concurrent creates with one generated id are one create") { subject in
            let items = try subject.repository()
            try concurrently(8, subject, items) { _, items in
                for round in 0..<10 { try expect(try items.save(["id": id(round), "n": 1], generated: true), ["id": id(round), "n": 1]) }
            }
            try expect(try items.count(), 10)
        },
        ConformanceCase("concurrent upserts with one id are one record with the fields of all") { subject in
            let items = try subject.repository()
            try concurrently(8, subject, items) { index, items in try items.upsert(RecordValue(["id": id(1), "f\(index)": true])) }
            var expected: RecordValue = ["id": id(1)]
            for index in 0..<8 { expected["f\(index)"] = true }
            try expect(try items.getAll(), [expected])
        },
        ConformanceCase("concurrent saveManys with the same keys make each record once") { subject in
            let items = try subject.repository(["hashKey": "code"])
            let wins = Counter()
            try concurrently(4, subject, items) { _, items in
                for outcome in try items.saveMany((0..<100).map { ["code": .string("c\($0)")] }) {
                    switch outcome {
                    case .success: wins.add()
                    case .failure(let error): try expect(error.code, .alreadyExists)
                    }
                }
            }
            try expect(wins.value, 100)
            try expect(try items.count(), 100)
        },
        ConformanceCase("concurrent updates of different fields lose nothing") { subject in
            let items = try subject.repository()
            let saved = try items.save(["n": 0])
            let filter: [RecordValue] = [["id", "eq", saved.id]]
            try concurrently(8, subject, items) { index, items in
                for round in 0..<20 { try items.save(RecordValue(["f\(index)": .integer(Int64(round))]), filter) }
            }
            var expected: RecordValue = ["id": saved.id, "n": 0]
            for index in 0..<8 { expected["f\(index)"] = 19 }
            try expect(try items.getOne(filter), expected)
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
        ConformanceCase("a counter that is only ever set from the value read loses nothing") { subject in
            let items = try subject.repository()
            let saved = try items.save(["n": 0])
            try concurrently(4, subject, items) { _, items in
                for _ in 0..<10 {
                    while true {
                        guard case .integer(let n)? = try items.getOne([["id", "eq", saved.id]])["n"] else { return }
                        do {
                            try items.save(["n": .integer(n + 1)], [["id", "eq", saved.id], ["n", "eq", .integer(n)]])
                            break
                        } catch let error as SluiceError where error.code == .notFound {}
                    }
                }
            }
            try expect(try items.getAll(), [["id": saved.id, "n": 40]])
        },
        ConformanceCase("concurrent deletes delete each record once, and nothing else") { subject in
            let items = try subject.repository()
            try items.fill((0..<80).map { ["n": .integer($0), "goes": .boolean($0 % 2 == 0)] })
            let deleted = Counter()
            try concurrently(4, subject, items) { _, items in
                do {
                    while true {
                        try items.deleteOne([["goes", "eq", true]])
                        deleted.add()
                    }
                } catch let error as SluiceError where error.code == .notFound {}
            }
            try expect(deleted.value, 40)
            try expect(try items.count(), 40)
            try expect(try items.count([["goes", "eq", false]]), 40)
        },
        ConformanceCase("a deleteAll beside creates and updates deletes only what matches") { subject in
            let items = try subject.repository(["indexes": ["kind"]])
            try items.fill((0..<200).map { ["n": .integer($0), "kind": $0 % 2 == 0 ? "old" : "kept"] })
            try concurrently(3, subject, items) { index, items in
                switch index {
                case 0: try items.deleteAll([["kind", "eq", "old"]])
                case 1: for number in 0..<50 as Range<Int64> { try items.save(["n": .integer(1_000 + number), "kind": "kept"]) }
                default:
                    for number in stride(from: 1, to: 100, by: 2) as StrideTo<Int64> {
                        try items.save(["seen": true], [["n", "eq", .integer(number)]])
                    }
                }
            }
            try expect(try items.count(), 150)
            try expect(try items.count([["kind", "eq", "kept"]]), 150)
            try expect(try items.count([["seen", "eq", true]]), 50)
        },
        ConformanceCase("an update beside a delete of the same record brings nothing back") { subject in
            let items = try subject.repository()
            for round in 0..<10 {
                let saved = try items.save(["n": .integer(Int64(round)), "more": "x"])
                try concurrently(2, subject, items) { index, items in
                    do {
                        if index == 0 {
                            for step in 0..<5 as Range<Int64> { try items.save(["step": .integer(step)], [["id", "eq", saved.id]]) }
                        } else {
                            try items.deleteOne([["id", "eq", saved.id]])
                        }
                    } catch let error as SluiceError where error.code == .notFound {}
                }
                try expect(try items.count(), 0)
            }
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
    ]

    /// Counts from several threads.
    private final class Counter: Sendable {
        private let count = Atomic<Int>(0)
        func add() { count.add(1, ordering: .relaxed) }
        var value: Int { count.load(ordering: .relaxed) }
    }
}
