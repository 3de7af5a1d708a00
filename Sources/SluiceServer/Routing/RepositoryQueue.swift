import SluiceProtocol

/// The bounded queue of one repository: in go requests, out come batches for one round trip. A value
/// without threads or clocks, owned by its `Repository`.
struct RepositoryQueue {
    private var reads = RequestLane()
    private var writes = RequestLane()
    private var bytes = 0
    /// The clients that wait, the one with most first.
    private var shares = IndexedHeap<ClientShare>()
    private let limits: Limits
    private let isBatching: Bool
    /// Parts of the two bounds.
    private let (perRequest, perByte): (Double, Double)
    /// How often each bound ended a batch or filled the queue, by its name in `Limits`.
    private(set) var limitsReached: [String: Int] = [:]

    /// - Parameter isBatching: false: every batch holds one request.
    init(_ limits: Limits, isBatching: Bool = true) {
        self.limits = limits
        self.isBatching = isBatching
        perRequest = 1 / Double(limits.maxQueuedRequests)
        perByte = 1 / Double(limits.maxQueuedBytes)
    }

    /// Requests that wait, for a connection or for their client to read.
    var count: Int { reads.count + writes.count }

    /// Whether there is a request that a connection could start.
    var hasWork: Bool { reads.hasWork || writes.hasWork }

    /// Whether there is one of a kind.
    func hasWork(isWrite: Bool) -> Bool { isWrite ? writes.hasWork : reads.hasWork }

    /// What became of a request that wanted to be queued.
    enum Admission {
        /// It waits, in the place of others if there are any: the newest of the clients with most queued, which must be answered
        /// `overloaded`.
        case admitted(shedding: [PendingRequest])
        /// It must itself be answered `overloaded`.
        case refused
    }

    /// The bound that would keep a request out now.
    func limitReached() -> (name: String, value: Int) {
        count >= limits.maxQueuedRequests
            ? ("maxQueuedRequests", limits.maxQueuedRequests) : ("maxQueuedBytes", limits.maxQueuedBytes)
    }

    /// Queues a request; when the queue is full, room is made at the cost of the clients with most queued, unless that is the newcomer's.
    mutating func admit(_ request: PendingRequest) -> Admission {
        let wanted = level(count: request.share.count + 1, bytes: request.share.bytes + request.cost)
        var shed: [PendingRequest] = []
        while count >= limits.maxQueuedRequests || bytes + request.cost > limits.maxQueuedBytes {
            guard let most = shares.first, most.level > wanted, let victim = most.newest else {
                // There is no room for it, so nobody else loses what waits.
                for victim in shed.reversed() { append(victim) }
                return .refused
            }
            remove(victim, becoming: .finished)
            shed.append(victim)
        }
        append(request)
        return .admitted(shedding: shed)
    }

    private mutating func append(_ request: PendingRequest) {
        request.state = .queued
        if request.isWrite { writes.append(request, to: request.line) } else { reads.append(request, to: request.line) }
        account(request, 1)
    }

    /// Puts back what a worker was given but did not start, before all others.
    mutating func putBack(_ requests: [PendingRequest]) {
        for request in requests {
            request.state = .queued
            account(request, 1)
        }
        writes.putBack(requests.filter(\.isWrite).map { ($0, $0.line) })
        reads.putBack(requests.filter { !$0.isWrite }.map { ($0, $0.line) })
    }

    /// Takes out a queued request that is to be answered without an engine. Its state is set here.
    mutating func remove(_ request: PendingRequest, becoming state: PendingRequest.State) {
        precondition(request.state == .queued, "only what is queued can leave the queue")
        request.state = state
        if request.isWrite { writes.remove(request, from: request.line) } else { reads.remove(request, from: request.line) }
        account(request, -1)
    }

    /// Takes out everything, in no particular order, that of clients which must read first too.
    mutating func takeAll() -> [PendingRequest] {
        var all: [PendingRequest] = []
        all.reserveCapacity(count)
        while let newest = shares.first?.newest {
            remove(newest, becoming: .started)
            all.append(newest)
        }
        return all
    }

    private mutating func account(_ request: PendingRequest, _ change: Int) {
        let share = request.share
        bytes += change * request.cost
        share.bytes += change * request.cost
        share.count += change
        share.level = level(count: share.count, bytes: share.bytes)
        if share.count == 0 { shares.remove(share) } else { shares.place(share) }
    }

    private func level(count: Int, bytes: Int) -> Double {
        max(Double(count) * perRequest, Double(bytes) * perByte)
    }

    /// A client has read on: what waited for that takes turns again.
    mutating func resume(_ share: ClientShare) {
        reads.resume(share.reads)
        writes.resume(share.writes)
    }

    /// Takes everything at the head of a lane that can go in one round trip.
    /// The requests of a client for which `mustPause` holds stay, until `resume`.
    mutating func takeBatch(isWrite: Bool, mustPause: (Session) -> Bool) -> [PendingRequest] {
        var batch: [PendingRequest] = []
        batch.reserveCapacity(min(count, isBatching ? limits.maxBatchRequests : 1))
        var (records, batchBytes) = (0, 0)
        while records < (isBatching ? limits.maxBatchRequests : 1), let next = isWrite ? writes.first() : reads.first() {
            if mustPause(next.session) {
                if isWrite { writes.pauseFirst() } else { reads.pauseFirst() }
                next.session.paused.append(next.share)
                continue
            }
            let isBatchable = next.isBatchable
            guard batch.isEmpty || isBatchable else { break }
            guard batch.isEmpty || records + next.recordCount <= limits.maxBatchRequests else {
                limitsReached["maxBatchRequests", default: 0] += 1
                break
            }
            guard batch.isEmpty || batchBytes + next.cost <= limits.maxBatchBytes else {
                limitsReached["maxBatchBytes", default: 0] += 1
                break
            }
            if isWrite { writes.removeFirst() } else { reads.removeFirst() }
            account(next, -1)
            next.state = .started
            batch.append(next)
            records += next.recordCount
            batchBytes += next.cost
            guard isBatchable else { break }
        }
        if records >= limits.maxBatchRequests, isBatching { limitsReached["maxBatchRequests", default: 0] += 1 }
        return batch
    }
}
