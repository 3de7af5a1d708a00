import DequeModule

/// What one client has waiting in one repository's queue. Owned by its session, for as long as that lasts, so that a request needs no
/// allocation to wait.
final class ClientShare: HeapElement {
    /// One direction of it, in order.
    final class Line {
        var entries: Deque<PendingRequest> = []
        /// It stands among its lane's turns, which set this.
        var hasTurn = false
        /// Its client must read before anything of it is started.
        var isPaused = false
    }

    /// Held, since a share may outlive the registry's interest in a name that was never defined. The repository knows its shares only while
    /// something waits in them.
    let repository: Repository
    /// Requests that wait.
    var count = 0
    /// What they cost, bytes.
    var bytes = 0
    /// How much of the queue that is: the larger of its parts of the two bounds (dominant share, Ghodsi et al., NSDI 2011).
    var level = 0.0
    var heapPosition = -1
    let reads = Line()
    let writes = Line()

    init(of repository: Repository) { self.repository = repository }

    /// Whether it must not be forgotten: something waits, or waits for the client to read.
    var isInUse: Bool { count > 0 || reads.isPaused || writes.isPaused }

    /// The newest that waits, a write before a read.
    var newest: PendingRequest? { writes.entries.last ?? reads.entries.last }

    /// The one with most waiting is first.
    func precedes(_ other: ClientShare) -> Bool { level > other.level }
}
