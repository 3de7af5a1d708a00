import DequeModule

/// One direction of a repository's queue, reads or writes: clients take turns, and each client's requests come in their order. So one with
/// a thousand requests does not delay one with a single request. Owned by its `RepositoryQueue`.
struct RequestLane {
    /// Lines with entries, whose turn is next first.
    private(set) var turns: Deque<ClientShare.Line> = []
    private var entries = 0
    private(set) var count = 0

    mutating func append(_ request: PendingRequest, to line: ClientShare.Line) {
        if line.entries.isEmpty { turns.append(line) }
        line.entries.append(request)
        entries += 1
        count += 1
    }

    /// Puts requests of one line each before all others, in their order.
    mutating func putBack(_ requests: [(request: PendingRequest, line: ClientShare.Line)]) {
        var lines: Set<ObjectIdentifier> = []
        let next = requests.map(\.line).filter { lines.insert(ObjectIdentifier($0)).inserted }
        for (request, line) in requests.reversed() { line.entries.prepend(request) }
        turns.removeAll { lines.contains(ObjectIdentifier($0)) }
        turns.prepend(contentsOf: next)
        entries += requests.count
        count += requests.count
    }

    /// The first that is still queued of the client whose turn it is, without taking it.
    mutating func first() -> PendingRequest? {
        while let line = turns.first {
            while let head = line.entries.first {
                if head.state == .queued { return head }
                line.entries.removeFirst()
                entries -= 1
            }
            turns.removeFirst()
        }
        return nil
    }

    /// Takes what `first` answered; the next turn is another client's.
    mutating func removeFirst() {
        let line = turns.removeFirst()
        line.entries.removeFirst()
        entries -= 1
        count -= 1
        if !line.entries.isEmpty { turns.append(line) }
    }

    /// Takes note that an entry's state is no longer queued.
    mutating func entryDied() {
        count -= 1
        guard count == 0 || entries > 2 * count + 64 else { return }
        for line in turns { line.entries.removeAll { $0.state != .queued } }
        turns.removeAll { $0.entries.isEmpty }
        entries = count
    }
}
