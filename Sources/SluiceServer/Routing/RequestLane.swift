import DequeModule

/// One direction of a repository's queue, reads or writes: clients take turns, and each client's requests come in their order. So one with a
/// thousand requests does not delay one with a single request. What is answered while it waits stays as a dead entry until its turn comes
/// or the dead outnumber the living.
struct RequestLane {
    /// One client's requests.
    private final class ClientLine {
        let session: Session
        var entries: Deque<PendingRequest> = []

        init(_ session: Session) { self.session = session }
    }

    /// Clients with entries, whose turn is next first.
    private var turns: Deque<ClientLine> = []
    private var lines: [ObjectIdentifier: ClientLine] = [:]
    private var entries = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    mutating func append(_ request: PendingRequest) {
        if let line = lines[ObjectIdentifier(request.session)] {
            line.entries.append(request)
        } else {
            turns.append(newLine(request))
        }
        entries += 1
        count += 1
    }

    /// Puts requests before all others, in their order.
    mutating func putBack(_ requests: some BidirectionalCollection<PendingRequest>) {
        for request in requests.reversed() {
            if let line = lines[ObjectIdentifier(request.session)] { line.entries.prepend(request) } else { _ = newLine(request) }
        }
        var clients: Set<ObjectIdentifier> = []
        let next = requests.map { ObjectIdentifier($0.session) }.filter { clients.insert($0).inserted }.map { lines[$0]! }
        turns.removeAll { clients.contains(ObjectIdentifier($0.session)) }
        turns.prepend(contentsOf: next)
        entries += requests.count
        count += requests.count
    }

    private mutating func newLine(_ request: PendingRequest) -> ClientLine {
        let line = ClientLine(request.session)
        line.entries.append(request)
        lines[ObjectIdentifier(request.session)] = line
        return line
    }

    /// The first that is still queued of the client whose turn it is, without taking it.
    mutating func first() -> PendingRequest? {
        while let line = turns.first {
            while let head = line.entries.first {
                if head.state == .queued { return head }
                line.entries.removeFirst()
                entries -= 1
            }
            drop(line)
        }
        return nil
    }

    /// Takes what `first` answered; the next turn is another client's.
    mutating func removeFirst() {
        let line = turns.removeFirst()
        line.entries.removeFirst()
        entries -= 1
        count -= 1
        if line.entries.isEmpty { lines[ObjectIdentifier(line.session)] = nil } else { turns.append(line) }
    }

    private mutating func drop(_ line: ClientLine) {
        turns.removeFirst()
        lines[ObjectIdentifier(line.session)] = nil
    }

    /// Takes note that an entry's state is no longer queued.
    mutating func entryDied() {
        count -= 1
        guard entries > 2 * count + 64 else { return }
        for line in turns { line.entries.removeAll { $0.state != .queued } }
        for line in turns where line.entries.isEmpty { lines[ObjectIdentifier(line.session)] = nil }
        turns.removeAll { $0.entries.isEmpty }
        entries = count
    }

    /// The newest entry of one session.
    func newest(of session: Session) -> PendingRequest? {
        lines[ObjectIdentifier(session)]?.entries.last { $0.state == .queued }
    }
}
