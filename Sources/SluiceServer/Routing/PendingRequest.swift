import SluiceBackend
import SluiceProtocol

/// One request to a repository from when it was read until it is answered. Touched on the loop only; engines see its `operation`.
final class PendingRequest: HeapElement {
    /// Where it is.
    enum State {
        /// Waits in its repository's queue, for a connection or for its client to read.
        case queued
        /// A worker has it.
        case started
        /// Answered, or its client is gone.
        case finished
    }

    /// The client.
    let session: Session
    let id: Int64
    let kind: Operation
    let deadline: MonotonicTime
    let received: MonotonicTime
    /// What it costs in a queue and a batch, bytes.
    let cost: Int
    var operation: RepositoryOperation
    var state = State.queued
    var heapPosition = -1
    /// What its client has waiting beside it, and in which repository.
    let share: ClientShare

    init(
        session: Session, id: Int64, kind: Operation, operation: RepositoryOperation, repository: Repository, deadline: MonotonicTime,
        received: MonotonicTime, cost: Int
    ) {
        self.session = session
        self.id = id
        self.kind = kind
        self.operation = operation
        share = session.share(of: repository)
        self.deadline = deadline
        self.received = received
        self.cost = cost
    }

    var repository: Repository { share.repository }
    var isWrite: Bool { operation.isWrite }

    /// Where it waits.
    var line: ClientShare.Line { isWrite ? share.writes : share.reads }

    /// The one whose deadline comes sooner is first.
    func precedes(_ other: PendingRequest) -> Bool { deadline < other.deadline }

    /// What it counts for in a batch: the records of a `saveMany`, one for anything else.
    var recordCount: Int {
        guard case .saveMany(let objects, _) = operation else { return 1 }
        return max(1, objects.count)
    }

    /// Whether it goes into a batch with others; what may take long goes alone, so that nobody waits behind it.
    var isBatchable: Bool {
        switch operation {
        case .getOne, .create, .update, .deleteOne, .upsert, .replace, .saveMany:
            repository.ready.map { repository.pool.backend.sharesRoundTrips(operation, on: $0) } ?? true
        case .getAll, .count, .explain, .deleteAll, .define: false
        }
    }
}
