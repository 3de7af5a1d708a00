import DequeModule

/// One direction of a repository's queue, reads or writes, first come first served. What is answered while it waits stays as a dead entry
/// until it reaches the head or the dead outnumber the living.
struct RequestLane {
    private var entries: Deque<PendingRequest> = []
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ request: PendingRequest) {
        entries.append(request)
        count += 1
    }

    mutating func prepend(_ request: PendingRequest) {
        entries.prepend(request)
        count += 1
    }

    /// The first that is still queued, without taking it.
    mutating func first() -> PendingRequest? {
        while let head = entries.first {
            if head.state == .queued { return head }
            entries.removeFirst()
        }
        return nil
    }

    /// Takes what `first` answered.
    mutating func removeFirst() {
        entries.removeFirst()
        count -= 1
    }

    /// Takes note that an entry's state is no longer queued.
    mutating func entryDied() {
        count -= 1
        guard entries.count > 2 * count + 64 else { return }
        entries.removeAll { $0.state != .queued }
    }

    /// The newest entry of one session.
    func newest(of session: Session) -> PendingRequest? { entries.last { $0.state == .queued && $0.session === session } }
}
