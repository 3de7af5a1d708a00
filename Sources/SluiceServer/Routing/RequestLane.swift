import DequeModule

/// One direction of a repository's queue, reads or writes: clients take turns, and each client's requests come in their order. So one with
/// a thousand requests does not delay one with a single request. Owned by its `RepositoryQueue`.
struct RequestLane {
    /// Lines whose client may have something, whose turn is next first. One whose requests were answered without an engine keeps its place
    /// until that comes.
    private var turns: Deque<ClientShare.Line> = []
    private var emptyTurns = 0
    /// Requests that wait, those of paused lines too.
    private(set) var count = 0

    /// Whether there is a request that can be taken.
    var hasWork: Bool { turns.count > emptyTurns }

    mutating func append(_ request: PendingRequest, to line: ClientShare.Line) {
        if line.hasTurn, line.entries.isEmpty { emptyTurns -= 1 }
        line.entries.append(request)
        count += 1
        if !line.hasTurn, !line.isPaused { giveTurn(line) }
    }

    private mutating func giveTurn(_ line: ClientShare.Line) {
        line.hasTurn = true
        turns.append(line)
    }

    /// Puts requests of one line each before all others, in their order.
    mutating func putBack(_ requests: [(request: PendingRequest, line: ClientShare.Line)]) {
        guard !requests.isEmpty else { return }
        dropEmptyTurns()
        var lines: Set<ObjectIdentifier> = []
        let next = requests.map(\.line).filter { !$0.isPaused && lines.insert(ObjectIdentifier($0)).inserted }
        for (request, line) in requests.reversed() { line.entries.prepend(request) }
        turns.removeAll { lines.contains(ObjectIdentifier($0)) }
        for line in next { line.hasTurn = true }
        turns.prepend(contentsOf: next)
        count += requests.count
    }

    /// The first of the client whose turn it is, without taking it.
    mutating func first() -> PendingRequest? {
        while let line = turns.first {
            if let head = line.entries.first { return head }
            line.hasTurn = false
            turns.removeFirst()
            emptyTurns -= 1
        }
        return nil
    }

    /// Takes what `first` answered; the next turn is another client's.
    mutating func removeFirst() {
        let line = turns.removeFirst()
        line.entries.removeFirst()
        count -= 1
        if line.entries.isEmpty { line.hasTurn = false } else { turns.append(line) }
    }

    /// Takes the line whose turn it is out of the turns, until `resume`.
    mutating func pauseFirst() {
        let line = turns.removeFirst()
        line.hasTurn = false
        line.isPaused = true
    }

    /// A line takes turns again, if it was paused.
    mutating func resume(_ line: ClientShare.Line) {
        guard line.isPaused else { return }
        line.isPaused = false
        if !line.entries.isEmpty { giveTurn(line) }
    }

    /// Takes a request out wherever it stands. Its line is hardly longer than `maxInFlight`.
    mutating func remove(_ request: PendingRequest, from line: ClientShare.Line) {
        if line.entries.last === request {
            line.entries.removeLast()
        } else {
            guard let index = line.entries.firstIndex(where: { $0 === request }) else { preconditionFailure("it does not wait here") }
            line.entries.remove(at: index)
        }
        count -= 1
        guard line.hasTurn, line.entries.isEmpty else { return }
        emptyTurns += 1
        // Not at each: that would cost a pass over all clients for every request that expires.
        if emptyTurns > turns.count / 2 + 64 { dropEmptyTurns() }
    }

    private mutating func dropEmptyTurns() {
        guard emptyTurns > 0 else { return }
        for line in turns where line.entries.isEmpty { line.hasTurn = false }
        turns.removeAll { $0.entries.isEmpty }
        emptyTurns = 0
    }
}
