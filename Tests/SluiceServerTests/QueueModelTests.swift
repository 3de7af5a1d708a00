import SluiceBackend
import SluiceProtocol
import SluiceTesting
import Testing

@testable import SluiceServer

/// The queue against a list of what must wait in it, over thousands of random steps.
@Suite struct QueueModelTests {
    /// What is done to a queue, and what it must then hold.
    private struct Model {
        var queue: RepositoryQueue
        let repository: Repository
        let limits: Limits
        let clients: [Session]
        var generator: SeededGenerator
        /// In the order in which they came.
        var waiting: [PendingRequest] = []

        mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

        private func level(_ client: Session, with more: PendingRequest? = nil, without gone: Set<Int64> = []) -> Double {
            let own = waiting.filter { $0.session === client && !gone.contains($0.id) } + (more.map { [$0] } ?? [])
            return max(
                Double(own.count) / Double(limits.maxQueuedRequests),
                Double(own.reduce(0) { $0 + $1.cost }) / Double(limits.maxQueuedBytes))
        }

        /// Whoever is shed has most at that time, and more than the newcomer would have.
        mutating func admit(_ id: Int) {
            let client = clients[number(0...clients.count - 1)]
            let operation: RepositoryOperation = number(0...2) == 0 ? .deleteOne(Filter()) : .getOne(Filter())
            let request = PendingRequest(
                session: client, id: Int64(id), kind: .getOne, operation: operation, repository: repository, deadline: .distantFuture,
                received: .now, cost: number(10...500))
            guard case .admitted(let shed) = queue.admit(request) else {
                let bytes = waiting.reduce(request.cost) { $0 + $1.cost }
                return #expect(waiting.count >= limits.maxQueuedRequests || bytes > limits.maxQueuedBytes)
            }
            let wanted = level(client, with: request)
            var gone: Set<Int64> = []
            for victim in shed {
                let most = clients.map { level($0, without: gone) }.max() ?? 0
                #expect(level(victim.session, without: gone) > most - 1e-9 && most > wanted)
                gone.insert(victim.id)
            }
            waiting.removeAll { gone.contains($0.id) }
            waiting.append(request)
        }

        mutating func remove() {
            guard !waiting.isEmpty else { return }
            queue.remove(waiting.remove(at: number(0...waiting.count - 1)), becoming: .finished)
        }

        /// What is taken of each client is what has waited longest of it.
        mutating func take(isWrite: Bool, pausing paused: Session?, keeping kept: Int) {
            let batch = queue.takeBatch(isWrite: isWrite, mustPause: { $0 === paused })
            for client in clients {
                let own = batch.filter { $0.session === client }.map(\.id)
                #expect(own == waiting.filter { $0.session === client && $0.isWrite == isWrite }.prefix(own.count).map(\.id))
            }
            queue.putBack(Array(batch.dropFirst(kept)))
            let gone = Set(batch.prefix(kept).map(\.id))
            waiting.removeAll { gone.contains($0.id) }
        }

        mutating func resume() {
            for client in clients {
                for share in client.paused { queue.resume(share) }
                client.paused = []
            }
        }

        func check() {
            #expect(queue.count == waiting.count && queue.count <= limits.maxQueuedRequests)
            #expect(waiting.reduce(0) { $0 + $1.cost } <= limits.maxQueuedBytes)
            for isWrite in [true, false] {
                #expect(queue.hasWork(isWrite: isWrite) == waiting.contains { $0.isWrite == isWrite && !$0.line.isPaused })
            }
        }
    }

    @Test(arguments: 1...20) func itHoldsWhatItMust(seed: UInt64) {
        var limits = Limits()
        limits.maxQueuedRequests = 40
        limits.maxQueuedBytes = 4_000
        limits.maxBatchRequests = 7
        let repository = Repository(
            name: "r", pool: ConnectionPool(name: "test", backend: IdleBackend()), definition: nil, weight: 1,
            queue: RepositoryQueue(limits))
        var model = Model(
            queue: RepositoryQueue(limits), repository: repository, limits: limits,
            clients: (0..<8).map { Session(descriptor: -1, token: UInt64($0), number: $0, peer: nil) },
            generator: SeededGenerator(seed: seed))
        for id in 0..<600 {
            switch model.number(0...9) {
            case 0...5: model.admit(id)
            case 6: model.remove()
            case 7: model.take(isWrite: id % 2 == 0, pausing: model.clients[model.number(0...7)], keeping: .max)
            case 8: model.take(isWrite: id % 2 == 0, pausing: nil, keeping: 2)
            default: model.resume()
            }
            model.check()
        }
        model.resume()
        while model.queue.hasWork { for isWrite in [true, false] { model.take(isWrite: isWrite, pausing: nil, keeping: .max) } }
        #expect(model.waiting.isEmpty && model.queue.count == 0)
    }
}
