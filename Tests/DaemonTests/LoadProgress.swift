import Synchronization

/// What a load of workers and the test that disturbs them tell each other.
final class LoadProgress: Sendable {
    /// How many workers there are.
    let workers: Int

    private let over = Atomic(false)
    private let counts = Mutex<[String: Int]>([:])
    private let longestRequest = Mutex(Duration.zero)

    init(workers: Int) { self.workers = workers }

    /// Whether the workers are to stop.
    var isOver: Bool { over.load(ordering: .relaxed) }

    func end() { over.store(true, ordering: .relaxed) }

    /// A worker has got somewhere.
    func advance(_ worker: String) { counts.withLock { $0[worker, default: 0] += 1 } }

    /// The longest that a request has taken, however it ended.
    var longest: Duration { longestRequest.withLock { $0 } }

    /// A request has taken so long.
    func took(_ time: Duration) { longestRequest.withLock { $0 = max($0, time) } }

    /// Waits until every single worker has got so much further: some are slower than others to find a new daemon.
    /// - Throws: `Failure` with the log.
    func wait(for steps: Int, log: @autoclosure () -> String) async throws {
        let before = counts.withLock { $0 }
        try await eventually("\(steps) steps of everybody since \(before), but \(counts.withLock { $0 }); the log:\n\(log())") {
            let now = counts.withLock { $0 }
            return now.count == workers && now.allSatisfy { $0.value >= before[$0.key, default: 0] + steps }
        }
    }
}
