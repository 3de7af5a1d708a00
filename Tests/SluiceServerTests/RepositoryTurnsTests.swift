import SluiceBackend
import SluiceProtocol
import Testing

@testable import SluiceServer

/// Who gets the next connection, and how much of it in the long run: without a clock, each batch takes what the test says.
@Suite struct RepositoryTurnsTests {
    private let pool = ConnectionPool(name: "test", backend: IdleBackend())

    private func repository(_ name: String, weight: Int = 1) -> Repository {
        Repository(name: name, pool: pool, definition: nil, weight: weight, queue: RepositoryQueue(Limits()))
    }

    /// Lets repositories that never run out of work take turns on one connection.
    /// - Parameter durations: how long a batch of each takes.
    /// - Returns: how many batches each got.
    private func run(_ durations: [(repository: Repository, nanoseconds: UInt64)], turns count: Int) -> [String: Int] {
        var turns = RepositoryTurns()
        var batches: [String: Int] = [:]
        for (repository, _) in durations { turns.add(repository) }
        for _ in 0..<count {
            let repository = turns.next()!
            batches[repository.name, default: 0] += 1
            finish(repository, took: durations.first { $0.repository === repository }!.nanoseconds)
            turns.add(repository)
        }
        return batches
    }

    private func finish(_ repository: Repository, took nanoseconds: UInt64) {
        let charge = repository.use.begin(isWrite: false)
        repository.use.end(isWrite: false, charge: charge, took: nanoseconds)
    }

    @Test func equalsTakeTurns() {
        let batches = run([(repository("a"), 1_000), (repository("b"), 1_000), (repository("c"), 1_000)], turns: 300)
        #expect(batches == ["a": 100, "b": 100, "c": 100])
    }

    @Test func weightsAreShares() {
        let batches = run([(repository("heavy", weight: 3), 1_000), (repository("light"), 1_000)], turns: 400)
        #expect(abs(batches["heavy"]! - 300) <= 2, "\(batches)")
    }

    @Test func oneWithLongQuestionsDoesNotTakeTheTimeOfOneWithShortOnes() {
        let batches = run([(repository("scans"), 50_000), (repository("reads"), 1_000)], turns: 510)
        #expect(abs(batches["scans"]! - 10) <= 1 && batches["reads"]! >= 499, "\(batches)")
    }

    @Test func oneThatComesIsNextHoweverLongTheOthersWereThere() {
        var turns = RepositoryTurns()
        let busy = [repository("a"), repository("b")]
        for repository in busy { turns.add(repository) }
        for _ in 0..<1_000 {
            let repository = turns.next()!
            finish(repository, took: 1_000_000)
            turns.add(repository)
        }
        let newcomer = repository("newcomer")
        turns.add(newcomer)
        #expect(turns.next() === newcomer)
    }

    @Test func idlenessSavesNothingUp() {
        var turns = RepositoryTurns()
        let (busy, idle) = (repository("busy"), repository("idle"))
        turns.add(busy)
        for _ in 0..<1_000 {
            finish(turns.next()!, took: 1_000)
            turns.add(busy)
        }
        turns.add(idle)
        var ofIdle = 0
        for _ in 0..<100 {
            let next = turns.next()!
            if next === idle { ofIdle += 1 }
            finish(next, took: 1_000)
            turns.add(next)
        }
        #expect(abs(ofIdle - 50) <= 1)
    }

    @Test func idleConnectionsAreSharedOutBeforeAnyBatchHasEnded() {
        var turns = RepositoryTurns()
        let both = [repository("a"), repository("b")]
        for repository in both { turns.add(repository) }
        var started: [String] = []
        for _ in 0..<4 {
            let next = turns.next()!
            started.append(next.name)
            _ = next.use.begin(isWrite: false)
            turns.add(next)
        }
        #expect(started == ["a", "b", "a", "b"])
    }

    @Test func nobodyIsThereTwice() {
        var turns = RepositoryTurns()
        let repository = repository("a")
        turns.add(repository)
        turns.add(repository)
        #expect(turns.next() === repository)
        #expect(turns.next() == nil)
    }
}
