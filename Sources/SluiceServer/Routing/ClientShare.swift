import DequeModule

/// What one client has waiting in one repository's queue. Owned by its session, for as long as that lasts, so that a request needs no
/// allocation to wait.
final class ClientShare {
    /// One direction of it, in order. What was answered while it waited stays as a dead entry until its turn comes.
    final class Line {
        unowned let share: ClientShare
        var entries: Deque<PendingRequest> = []

        init(_ share: ClientShare) { self.share = share }
    }

    /// How many are queued, the dead not counted.
    var count = 0
    private(set) lazy var reads = Line(self)
    private(set) lazy var writes = Line(self)

    /// The newest that is queued, a write before a read.
    var newest: PendingRequest? { (writes.entries.last { $0.state == .queued }) ?? (reads.entries.last { $0.state == .queued }) }
}
