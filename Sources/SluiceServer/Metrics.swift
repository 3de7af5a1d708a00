import SluiceProtocol

/// What the daemon counts about itself, for `stats`. Owned by the router, touched on the loop only.
struct Metrics {
    /// Batches handed to engines and the requests in them, and the largest.
    struct Batches {
        var count = 0
        var requests = 0
        var largest = 0

        mutating func add(_ size: Int) {
            count += 1
            requests += size
            largest = max(largest, size)
        }
    }

    var connectionsAccepted = 0
    var connectionsRefused = 0
    var faults = 0
    /// By the operation's code.
    private var requests = [Int](repeating: 0, count: Operation.allCases.map { Int($0.rawValue) }.max()! + 1)
    var errors: [ErrorCode: Int] = [:]
    var reads = Batches()
    var writes = Batches()
    var shed = 0
    var expiredRecordsDeleted = 0
    /// How often each bound of `Limits` was met, by its name.
    var limitsReached: [String: Int] = [:]

    /// A request has come.
    mutating func count(_ operation: Operation) { requests[Int(operation.rawValue)] += 1 }

    /// An error leaves for a client. Its details name the bound, where it was one.
    mutating func add(_ error: SluiceError) {
        errors[error.code, default: 0] += 1
        reached(error)
    }

    /// A bound was met, if that is what an error says.
    mutating func reached(_ error: SluiceError) {
        if let limit = error.limit { limitsReached[limit, default: 0] += 1 }
    }

    /// The counters as callers see them.
    var structured: [StructuredValue.Entry] {
        func count(_ value: Int) -> StructuredValue { .integer(Int64(value)) }
        func batches(_ batches: Batches) -> StructuredValue {
            .map(["count": count(batches.count), "requests": count(batches.requests), "largest": count(batches.largest)])
        }
        let byOperation = Operation.allCases.map { StructuredValue.Entry($0.name, count(requests[Int($0.rawValue)])) }
            .filter { $0.value != 0 }
        let byCode = ErrorCode.allCases.filter { errors[$0] != nil }.map { StructuredValue.Entry($0.rawValue, count(errors[$0]!)) }
        return [
            .init("connectionsAccepted", count(connectionsAccepted)), .init("connectionsRefused", count(connectionsRefused)),
            .init("faults", count(faults)), .init("requests", .map(byOperation)), .init("errors", .map(byCode)),
            .init("batches", .map(["reads": batches(reads), "writes": batches(writes)])), .init("shed", count(shed)),
            .init("expiredRecordsDeleted", count(expiredRecordsDeleted)),
            .init("limitsReached", .map(limitsReached.sorted { $0.key < $1.key }.map { .init($0.key, count($0.value)) })),
        ]
    }
}
