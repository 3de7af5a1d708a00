import SluiceBackend
import SluiceProtocol

/// Batches of 64 in which some requests cannot succeed: each of those fails with its own error, and nobody else notices.
extension ConformanceSuite {
    /// A deadline that is far enough for a loaded machine, and one that has passed.
    private static var soon: MonotonicTime { .now.advanced(milliseconds: 120_000) }
    private static let past = MonotonicTime(nanoseconds: 1)

    private static func text(_ count: Int) -> RecordValue { .string(String(repeating: "x", count: count)) }

    static let poisoning: [ConformanceCase] = [
        ConformanceCase("creates of one batch that are too large, invalid, too late or in conflict fail alone") { subject in
            let items = try subject.repository(["hashKey": "code"])
            try items.save(["code": "taken", "n": -1])
            var operations = try (0..<64).map { number in
                PendingOperation(
                    try ConformanceRepository.operation(.save, [2: ["code": .string("c\(number)"), "n": .integer(Int64(number))]]),
                    deadline: soon)
            }
            var expected: [Int: ErrorCode] = [:]
            func poison(_ number: Int, _ object: RecordValue, _ code: ErrorCode, deadline: MonotonicTime = soon) throws {
                operations[number] = PendingOperation(try ConformanceRepository.operation(.save, [2: object]), deadline: deadline)
                expected[number] = code
            }
            try poison(0, ["code": "taken", "n": 0], .alreadyExists)
            try poison(7, ["n": 7], .invalidInput)
            try poison(20, ["code": 5], .invalidInput)
            try poison(21, ["code": "large", "text": text(subject.facts.maxRecordBytes)], .tooLarge)
            try poison(40, ["code": "late"], .deadlineExceeded, deadline: past)
            try poison(63, ["code": "taken", "n": 63], .alreadyExists)
            let results = items.run(operations)
            try expect(results.count, 64)
            for (number, result) in results.enumerated() {
                if let code = expected[number] {
                    try expect(error: code) { try result.get() }
                } else {
                    guard case .record(let record) = try result.get() else { throw ConformanceFailure("expected a record for \(number)") }
                    try expect(try RecordValue(record)["n"], .integer(Int64(number)))
                }
            }
            try expect(try items.count(), 64 - 6 + 1)
            try expect(try items.getOne([["code", "eq", "taken"]])["n"], -1)
        },
        ConformanceCase("updates and deletes of one batch that cannot be fail alone") { subject in
            let items = try subject.repository(["hashKey": "code"])
            try items.fill((0..<64).map { ["code": .string("c\($0)"), "n": .integer($0)] })
            var expected: [Int: ErrorCode] = [:]
            let operations = try (0..<64).map { number in
                let isIt: RecordValue = [["code", "eq", .string("c\(number)")]]
                var (object, conditions, deadline): (RecordValue, RecordValue, MonotonicTime) = (["seen": true], isIt, soon)
                switch number {
                case 3: (object, expected[number]) = (["code": "another"], .invalidInput)
                case 11: (conditions, expected[number]) = ([["code", "eq", "nobody"]], .notFound)
                case 30: (deadline, expected[number]) = (past, .deadlineExceeded)
                case 31: (object, expected[number]) = (["text": text(subject.facts.maxRecordBytes)], .tooLarge)
                case 50: (conditions, expected[number]) = ([["code", "eq", "c50"], ["n", "eq", 51]], .notFound)
                default: break
                }
                let operation =
                    number % 8 == 5
                    ? try ConformanceRepository.operation(.deleteOne, [1: conditions])
                    : try ConformanceRepository.operation(.save, [2: object, 1: conditions])
                return PendingOperation(operation, deadline: deadline)
            }
            let results = items.run(operations)
            try expect(results.count, 64)
            for (number, result) in results.enumerated() {
                if let code = expected[number] { try expect(error: code) { try result.get() } } else { _ = try result.get() }
            }
            try expect(try items.count(), 64 - 8)
            try expect(try items.count([["seen", "eq", true]]), 64 - 8 - 5)
        },
        ConformanceCase("reads of one batch: what is there, what is not, the same again, and one that is too late") { subject in
            let items = try subject.repository()
            try items.fill((0..<32).map { ["id": id($0), "n": .integer(Int64($0))] })
            let operations = try (0..<64).map { number in
                // Each of the 32 twice but for 9; 40 asks for none of the generated form, which matches nothing.
                let wanted: RecordValue = number == 40 ? "no such form" : number % 32 == 9 ? id(1_000) : id(number % 32)
                return PendingOperation(
                    try ConformanceRepository.operation(.getOne, [1: [["id", "eq", wanted]]]), deadline: number == 50 ? past : soon)
            }
            let results = items.run(operations)
            try expect(results.count, 64)
            for (number, result) in results.enumerated() {
                switch number {
                case 9, 41, 40: try expect(error: .notFound) { try result.get() }
                case 50: try expect(error: .deadlineExceeded) { try result.get() }
                default:
                    guard case .record(let record) = try result.get() else { throw ConformanceFailure("expected a record for \(number)") }
                    try expect(try RecordValue(record), ["id": id(number % 32), "n": .integer(Int64(number % 32))])
                }
            }
        },
    ]
}
