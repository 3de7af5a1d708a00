import SluiceProtocol

/// The bounded queue of one repository: in go requests, out come batches for one round trip. A value
/// without threads or clocks, owned by its `Repository`.
struct RepositoryQueue {
    private var reads = RequestLane()
    private var writes = RequestLane()
    private var bytes = 0
    private let limits: Limits
    private let isBatching: Bool
    /// How often each bound ended a batch or filled the queue, by its name in `Limits`.
    private(set) var limitsReached: [String: Int] = [:]

    /// - Parameter isBatching: false: every batch holds one request.
    init(_ limits: Limits, isBatching: Bool = true) {
        self.limits = limits
        self.isBatching = isBatching
    }

    var count: Int { reads.count + writes.count }

    /// What became of a request that wanted to be queued.
    enum Admission {
        /// It waits.
        case admitted
        /// It waits in the place of another, the newest of the session with most queued, which must be answered `overloaded`.
        case admittedShedding(PendingRequest)
        /// It must itself be answered `overloaded`.
        case refused
    }

    /// The bound that would keep a request out now.
    func limitReached() -> (name: String, value: Int) {
        count >= limits.maxQueuedRequests
            ? ("maxQueuedRequests", limits.maxQueuedRequests) : ("maxQueuedBytes", limits.maxQueuedBytes)
    }

    /// Queues a request; when the queue is full, room is made at the cost of the session with most queued, be it the newcomer's own.
    mutating func admit(_ request: PendingRequest) -> Admission {
        guard count >= limits.maxQueuedRequests || bytes + request.cost > limits.maxQueuedBytes else {
            append(request)
            return .admitted
        }
        guard let victim = victim(for: request) else { return .refused }
        append(request)
        return .admittedShedding(victim)
    }

    private func victim(for newcomer: PendingRequest) -> PendingRequest? {
        let shares = (reads.turns + writes.turns).lazy.map(\.share)
        guard let most = shares.max(by: { $0.count < $1.count }), most.count > newcomer.share.count else { return nil }
        return most.newest
    }

    private mutating func append(_ request: PendingRequest) {
        request.state = .queued
        if request.isWrite { writes.append(request, to: request.share.writes) } else { reads.append(request, to: request.share.reads) }
        account(request, 1)
    }

    /// Puts back what a worker was given but did not start, before all others.
    mutating func putBack(_ requests: [PendingRequest]) {
        for request in requests {
            request.state = .queued
            account(request, 1)
        }
        writes.putBack(requests.filter(\.isWrite).map { ($0, $0.share.writes) })
        reads.putBack(requests.filter { !$0.isWrite }.map { ($0, $0.share.reads) })
    }

    /// Takes note that a queued request is to be answered without an engine. Its state is set here.
    mutating func remove(_ request: PendingRequest, becoming state: PendingRequest.State) {
        precondition(request.state == .queued, "only what is queued can leave the queue")
        request.state = state
        if request.isWrite { writes.entryDied() } else { reads.entryDied() }
        account(request, -1)
    }

    private mutating func account(_ request: PendingRequest, _ change: Int) {
        bytes += change * request.cost
        request.share.count += change
    }

    /// Whether there is work of a kind.
    mutating func hasWork(isWrite: Bool) -> Bool { (isWrite ? writes.first() : reads.first()) != nil }

    /// Takes everything at the head of a lane that can go in one round trip.
    /// Requests for which `mustPark` holds leave the queue and are handed to `park`.
    mutating func takeBatch(isWrite: Bool, mustPark: (PendingRequest) -> Bool, park: (PendingRequest) -> Void) -> [PendingRequest] {
        var batch: [PendingRequest] = []
        batch.reserveCapacity(min(count, isBatching ? limits.maxBatchRequests : 1))
        var batchBytes = 0
        while batch.count < (isBatching ? limits.maxBatchRequests : 1), let next = isWrite ? writes.first() : reads.first() {
            if mustPark(next) {
                remove(next, becoming: .parked)
                park(next)
                continue
            }
            let isBatchable = next.isBatchable
            guard batch.isEmpty || isBatchable else { break }
            guard batch.isEmpty || batchBytes + next.cost <= limits.maxBatchBytes else {
                limitsReached["maxBatchBytes", default: 0] += 1
                break
            }
            if isWrite { writes.removeFirst() } else { reads.removeFirst() }
            account(next, -1)
            next.state = .started
            batch.append(next)
            batchBytes += next.cost
            guard isBatchable else { break }
        }
        if batch.count == limits.maxBatchRequests, isBatching { limitsReached["maxBatchRequests", default: 0] += 1 }
        return batch
    }
}
