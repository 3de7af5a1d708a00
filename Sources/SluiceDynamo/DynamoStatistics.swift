import SluiceProtocol
import Synchronization

/// What a backend has asked of DynamoDB, for `stats`. Shared by all its connections.
final class DynamoStatistics: Sendable {
    private let requests = Atomic<Int>(0)
    private let attempts = Atomic<Int>(0)
    private let throttled = Atomic<Int>(0)
    private let itemsRead = Atomic<Int>(0)
    /// Thousandths of a unit: half a unit is the least that AWS counts, and emulators count less.
    private let readMilliunits = Atomic<Int>(0)
    private let writeMilliunits = Atomic<Int>(0)

    private static let maxUnits = 1e6

    /// Requests that have ended.
    func count(_ results: [Result<DynamoReply, DynamoFailure>]) {
        requests.add(results.count, ordering: .relaxed)
        for result in results {
            switch result {
            case .success(let reply): attempts.add(reply.attempts, ordering: .relaxed)
            case .failure(let failure):
                attempts.add(failure.attempts, ordering: .relaxed)
                if failure.kind == .throttled { throttled.add(1, ordering: .relaxed) }
            }
        }
    }

    /// What an answer says it took.
    func count(_ answer: DynamoAnswer, isWrite: Bool) {
        itemsRead.add(isWrite ? 0 : max(answer.scannedCount, answer.records.count), ordering: .relaxed)
        // No answer takes so much; a number that a faulty server makes up must not end the daemon.
        let units = Int((min(max(answer.capacityUnits, 0), Self.maxUnits) * 1_000).rounded())
        if isWrite { writeMilliunits.add(units, ordering: .relaxed) } else { readMilliunits.add(units, ordering: .relaxed) }
    }

    /// Names and numbers, as `stats` shows them.
    var entries: [StructuredValue.Entry] {
        func integer(_ count: borrowing Atomic<Int>) -> StructuredValue { .integer(Int64(count.load(ordering: .relaxed))) }
        func units(_ count: borrowing Atomic<Int>) -> StructuredValue { .float(Double(count.load(ordering: .relaxed)) / 1_000) }
        return [
            .init("requests", integer(requests)), .init("attempts", integer(attempts)), .init("throttled", integer(throttled)),
            .init("itemsRead", integer(itemsRead)), .init("consumedReadUnits", units(readMilliunits)),
            .init("consumedWriteUnits", units(writeMilliunits)),
        ]
    }
}
