import SluiceBackend
import SluiceProtocol
import Testing

@testable import SluiceServer

/// The queue without threads: what is admitted, who is shed, what goes into one batch.
@Suite struct RepositoryQueueTests {
    private let pool = ConnectionPool(name: "test", backend: IdleBackend())
    private var limits = Limits()

    private func repository() -> Repository {
        Repository(name: "r", pool: pool, definition: nil, weight: 1, queue: RepositoryQueue(limits))
    }

    private func session(_ number: Int) -> Session { Session(descriptor: -1, token: UInt64(number), number: number, peer: nil) }

    private func request(
        _ repository: Repository, _ session: Session, _ id: Int64, _ operation: RepositoryOperation = .getOne(Filter()), cost: Int = 100
    ) -> PendingRequest {
        PendingRequest(
            session: session, id: id, kind: .getOne, operation: operation, repository: repository, deadline: .distantFuture, received: .now,
            cost: cost)
    }

    private func take(_ queue: inout RepositoryQueue, isWrite: Bool = false) -> [Int64] {
        queue.takeBatch(isWrite: isWrite, mustPause: { _ in false }).map(\.id)
    }

    @Test func everythingThatWaitsGoesInOneBatch() {
        let repository = repository()
        var queue = RepositoryQueue(limits)
        for id in 0..<5 { _ = queue.admit(request(repository, session(Int(id)), Int64(id))) }
        #expect(take(&queue) == [0, 1, 2, 3, 4])
        #expect(queue.count == 0)
    }

    @Test func withoutBatchingEveryBatchHoldsOne() {
        let repository = repository()
        var queue = RepositoryQueue(limits, isBatching: false)
        for id in 0..<3 { _ = queue.admit(request(repository, session(Int(id)), Int64(id))) }
        #expect((0..<4).map { _ in take(&queue) } == [[0], [1], [2], []])
        #expect(queue.limitsReached.isEmpty, "no bound was met")
    }

    @Test func aBatchHoldsAsManyRequestsAsItsBoundAndNoMore() {
        var limits = Limits()
        limits.maxBatchRequests = 4
        let repository = repository()
        var queue = RepositoryQueue(limits)
        for id in 0..<3 { _ = queue.admit(request(repository, session(1), Int64(id))) }
        #expect(take(&queue).count == 3)
        #expect(queue.limitsReached.isEmpty)
        for id in 0..<9 { _ = queue.admit(request(repository, session(1), Int64(id))) }
        #expect([take(&queue), take(&queue), take(&queue)] == [[0, 1, 2, 3], [4, 5, 6, 7], [8]])
        #expect(queue.limitsReached == ["maxBatchRequests": 2])
    }

    @Test func theRecordsOfASaveManyCountEach() {
        var limits = Limits()
        limits.maxBatchRequests = 4
        let repository = repository()
        var queue = RepositoryQueue(limits)
        let record = Document(trusted: [0x80])
        for (id, count) in [1, 2, 1, 1, 9, 1, 0].enumerated() {
            let objects = Array(repeating: record, count: count)
            let save = RepositoryOperation.saveMany(objects, isGenerated: objects.map { _ in false })
            _ = queue.admit(request(repository, session(1), Int64(id), count == 1 ? .create(record, isGenerated: false) : save))
        }
        // Those of one that is over the bound by itself hold up nobody else.
        #expect((0..<5).map { _ in take(&queue, isWrite: true) } == [[0, 1, 2], [3], [4], [5, 6], []])
    }

    @Test func aBatchHoldsAsManyBytesAsItsBoundAndNoMore() {
        var limits = Limits()
        limits.maxBatchBytes = 300
        let repository = repository()
        var queue = RepositoryQueue(limits)
        let client = session(1)
        // Exactly the bound; one byte more; one that is over it by itself goes alone, since it could never go otherwise.
        for (id, cost) in [100, 200, 100, 201, 301, 1].enumerated() {
            _ = queue.admit(request(repository, client, Int64(id), cost: cost))
        }
        #expect([take(&queue), take(&queue), take(&queue), take(&queue), take(&queue)] == [[0, 1], [2], [3], [4], [5]])
        #expect(queue.limitsReached == ["maxBatchBytes": 4])
    }

    @Test func clientsTakeTurns() {
        let repository = repository()
        var queue = RepositoryQueue(limits)
        let greedy = session(1)
        for id in 0..<1_000 { _ = queue.admit(request(repository, greedy, Int64(id))) }
        _ = queue.admit(request(repository, session(2), 5_000))
        let other = session(3)
        for id in 6_000..<6_003 { _ = queue.admit(request(repository, other, Int64(id))) }
        #expect(take(&queue).prefix(8) == [0, 5_000, 6_000, 1, 6_001, 2, 6_002, 3])
    }

    @Test func theTurnsSurviveWhatDiesBetween() {
        let repository = repository()
        var queue = RepositoryQueue(limits)
        let clients = (1...3).map { session($0) }
        let requests = (0..<300).map { request(repository, clients[$0 % 3], Int64($0)) }
        for each in requests { _ = queue.admit(each) }
        for each in requests where each.session === clients[1] || each.id < 150 { queue.remove(each, becoming: .finished) }
        #expect(queue.count == 100)
        let left = take(&queue)
        #expect(left.count == 100 && left.allSatisfy { $0 >= 150 && $0 % 3 != 1 })
        #expect(zip(left, left.dropFirst()).allSatisfy { $0 % 3 != $1 % 3 })
        #expect(take(&queue) == [])
    }

    @Test func whatMayTakeLongGoesAlone() {
        let repository = repository()
        var queue = RepositoryQueue(limits)
        let client = session(1)
        _ = queue.admit(request(repository, client, 1))
        _ = queue.admit(request(repository, client, 2, .getAll(RecordQuery())))
        _ = queue.admit(request(repository, client, 3))
        #expect(take(&queue) == [1])
        #expect(take(&queue) == [2])
        #expect(take(&queue) == [3])
    }

    /// The ids of those that were shed for a request; nil when it was refused.
    private func admit(_ queue: inout RepositoryQueue, _ request: PendingRequest) -> [Int64]? {
        guard case .admitted(let shed) = queue.admit(request) else { return nil }
        return shed.map(\.id)
    }

    @Test func aFullQueueShedsTheClientWithMostQueued() {
        var limits = Limits()
        limits.maxQueuedRequests = 3
        let repository = repository()
        var queue = RepositoryQueue(limits)
        let greedy = session(1)
        for id in 1...3 { #expect(admit(&queue, request(repository, greedy, Int64(id))) == []) }
        #expect(admit(&queue, request(repository, session(2), 4)) == [3])
        #expect(admit(&queue, request(repository, greedy, 5)) == nil, "it would have most itself")
        #expect(take(&queue) == [1, 4, 2])
    }

    @Test func asManyAreShedAsTheirBytesAreNeededOfWhoHasMostBytes() {
        var limits = Limits()
        limits.maxQueuedBytes = 1_000
        let repository = repository()
        var queue = RepositoryQueue(limits)
        let (many, large) = (session(1), session(2))
        for id in 1...20 { #expect(admit(&queue, request(repository, many, Int64(id), cost: 10)) == []) }
        for id in 21...24 { #expect(admit(&queue, request(repository, large, Int64(id), cost: 200)) == []) }
        #expect(admit(&queue, request(repository, session(3), 25, cost: 350)) == [24, 23])
        #expect(admit(&queue, request(repository, session(4), 26, cost: 900)) == nil, "it would have most itself")
        #expect(admit(&queue, request(repository, session(4), 27, cost: 1_001)) == nil, "no room could be enough")
        #expect(take(&queue) == [1, 21, 25, 2, 22] + Array(3...20))
    }

    @Test func whoseRoomWouldNotBeEnoughKeepsHisPlace() {
        var limits = Limits()
        limits.maxQueuedBytes = 1_000
        let repository = repository()
        var queue = RepositoryQueue(limits)
        let clients = (1...2).map { session($0) }
        for id in 1...10 { #expect(admit(&queue, request(repository, clients[id % 2], Int64(id), cost: 100)) == []) }
        // Two would have to go of either; after one of each, none has more than the newcomer would.
        #expect(admit(&queue, request(repository, session(3), 11, cost: 400)) == nil)
        #expect(take(&queue) == Array(1...10))
    }

    @Test func aPausedClientCountsAndCanBeShed() {
        var limits = Limits()
        limits.maxQueuedRequests = 3
        let repository = repository()
        var queue = RepositoryQueue(limits)
        let slow = session(1)
        for id in 1...3 { #expect(admit(&queue, request(repository, slow, Int64(id))) == []) }
        #expect(queue.takeBatch(isWrite: false, mustPause: { $0 === slow }).isEmpty)
        #expect(!queue.hasWork && queue.count == 3)
        #expect(admit(&queue, request(repository, session(2), 4)) == [3])
        #expect(take(&queue) == [4])
        for share in slow.paused { queue.resume(share) }
        #expect(take(&queue) == [1, 2])
        #expect(queue.count == 0)
    }

    @Test func whatWaitsForItsClientGoesWithAllElse() {
        let repository = repository()
        var queue = RepositoryQueue(limits)
        let slow = session(1)
        for id in 1...3 { _ = queue.admit(request(repository, slow, Int64(id))) }
        _ = queue.takeBatch(isWrite: false, mustPause: { $0 === slow })
        _ = queue.admit(request(repository, session(2), 4))
        _ = queue.admit(request(repository, session(2), 5, .deleteOne(Filter())))
        let all = queue.takeAll()
        #expect(Set(all.map(\.id)) == [1, 2, 3, 4, 5] && all.count == 5 && all.allSatisfy { $0.state == .started })
        #expect(queue.count == 0 && !queue.hasWork)
        for share in slow.paused { queue.resume(share) }
        #expect(take(&queue) == [])
    }

    @Test func theDeadDoNotPileUp() {
        let repository = repository()
        var queue = RepositoryQueue(limits)
        let client = session(1)
        for id in 0..<100_000 {
            let waiting = request(repository, client, Int64(id))
            _ = queue.admit(waiting)
            queue.remove(waiting, becoming: .finished)
        }
        #expect(queue.count == 0)
        #expect(take(&queue) == [])
    }

    @Test func whoHasGoneIsNotKept() {
        struct Weak { weak var share: ClientShare.Line? }
        let repository = repository()
        var queue = RepositoryQueue(limits)
        let stays = request(repository, session(0), 0)
        _ = queue.admit(stays)
        var gone: [Weak] = []
        for number in 1...2_000 {
            let waiting = request(repository, session(number), Int64(number))
            _ = queue.admit(waiting)
            gone.append(Weak(share: waiting.share.reads))
            queue.remove(waiting, becoming: .finished)
        }
        #expect(gone.count { $0.share != nil } < 100)
        #expect(take(&queue) == [0])
    }

    @Test func whatWasNotStartedComesFirstAgain() {
        let repository = repository()
        var queue = RepositoryQueue(limits)
        let client = session(1)
        let first = request(repository, client, 1)
        _ = queue.admit(first)
        _ = queue.admit(request(repository, client, 2))
        let batch = queue.takeBatch(isWrite: false, mustPause: { _ in false })
        _ = queue.admit(request(repository, client, 3))
        queue.putBack(batch)
        #expect(take(&queue) == [1, 2, 3])
    }

    @Test func aClientThatDoesNotReadIsPassedOver() {
        let repository = repository()
        var queue = RepositoryQueue(limits)
        let slow = session(1)
        _ = queue.admit(request(repository, slow, 1))
        _ = queue.admit(request(repository, session(2), 2))
        #expect(queue.takeBatch(isWrite: false, mustPause: { $0 === slow }).map(\.id) == [2])
        #expect(slow.paused.map { $0.reads.entries.map(\.id) } == [[1]])
    }
}
