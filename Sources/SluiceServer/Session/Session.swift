import Glibc
import SluiceBackend
import SluiceProtocol

/// One client's connection: its descriptor, the bytes in both directions, and its requests in flight.
/// Owned by `SessionTable`, touched on the loop only.
final class Session: HeapElement {
    /// Where the conversation stands.
    enum Phase {
        /// No hello yet.
        case greeting
        /// Requests and replies.
        case open
        /// The client has shut down its writing side; it still gets its replies.
        case halfClosed
        /// A fault was sent; nothing more is read.
        case faulted
        /// Gone.
        case closed
    }

    let descriptor: Int32
    let token: UInt64
    let number: Int
    let peer: PeerIdentity?
    var phase = Phase.greeting
    var hello: ClientHello?
    /// An incomplete frame, from its first byte.
    var partial: [UInt8] = []
    /// When a hello or frame that has begun must be complete, while one has.
    var inputDeadline = MonotonicTime.distantFuture
    var heapPosition = -1
    var output = SessionOutput()
    var inFlight: [Int64: PendingRequest] = [:]
    /// What waits in repositories' queues for this client to read.
    var paused: [ClientShare.Line] = []
    /// What waits in repositories' queues, by the repository.
    private var shares: [ObjectIdentifier: ClientShare] = [:]
    /// What the epoll set was last told.
    var interest: EpollSet.Interest = .reading
    /// In the table's list of sessions to flush.
    var isDirty = false

    init(descriptor: Int32, token: UInt64, number: Int, peer: PeerIdentity?) {
        self.descriptor = descriptor
        self.token = token
        self.number = number
        self.peer = peer
    }

    /// What this client has waiting in a repository's queue.
    func share(of repository: Repository) -> ClientShare {
        if let share = shares[ObjectIdentifier(repository)] { return share }
        let share = ClientShare(of: repository)
        shares[ObjectIdentifier(repository)] = share
        return share
    }

    /// Nothing waits there any more, and the repository itself may go.
    func forgetShare(of repository: Repository) { shares[ObjectIdentifier(repository)] = nil }

    /// The one that owes its input sooner is first.
    func precedes(_ other: Session) -> Bool { inputDeadline < other.inputDeadline }

    /// Whether the client understands a feature.
    func understands(_ feature: String) -> Bool { hello?.features.contains(feature) ?? false }

    /// Whether nothing is left to answer or to write.
    var isSettled: Bool { inFlight.isEmpty && output.count == 0 }

    /// Whether the client owes us a read before it may ask for more, or exceeds the announced number of requests in flight.
    func mustWait(_ limits: Limits) -> Bool { output.count > limits.maxSessionOutputBytes || inFlight.count > limits.maxInFlight }

    /// What the epoll set should be told now.
    func wantedInterest(_ limits: Limits) -> EpollSet.Interest {
        var wanted: EpollSet.Interest = output.count > 0 ? .writing : []
        if phase == .greeting || phase == .open, !mustWait(limits) { wanted.insert(.reading) }
        return wanted
    }
}
