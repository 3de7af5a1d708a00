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
    /// How much of it the table has counted among all clients' incomplete input, bytes.
    var countedInput = 0
    /// When a hello or frame that has begun must be complete, while one has.
    var inputDeadline = MonotonicTime.distantFuture
    var heapPosition = -1
    var output = SessionOutput()
    var inFlight: [Int64: PendingRequest] = [:]
    /// Frames have been left in `partial`, since the client had enough under way.
    var holdsFrames = false
    /// What waits in repositories' queues for this client to read; one may stand there twice.
    var paused: [ClientShare] = []
    /// What waits in repositories' queues, by the repository.
    private var shares: [ObjectIdentifier: ClientShare] = [:]
    /// With so many shares those that nothing waits in are forgotten.
    private var mostShares = Session.keptShares
    private static let keptShares = 64
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
        if shares.count >= mostShares {
            shares = shares.filter { $0.value.isInUse }
            mostShares = max(Self.keptShares, 2 * shares.count)
        }
        let share = ClientShare(of: repository)
        shares[ObjectIdentifier(repository)] = share
        return share
    }

    /// Nothing waits there any more, and the repository itself may go.
    func forget(_ share: ClientShare) {
        let key = ObjectIdentifier(share.repository)
        if shares[key] === share { shares[key] = nil }
        paused.removeAll { $0 === share }
    }

    /// The one that owes its input sooner is first.
    func precedes(_ other: Session) -> Bool { inputDeadline < other.inputDeadline }

    /// Whether the client understands a feature.
    func understands(_ feature: String) -> Bool { hello?.features.contains(feature) ?? false }

    /// Whether nothing is left to answer or to write.
    var isSettled: Bool { inFlight.isEmpty && output.count == 0 && !holdsFrames }

    /// Whether the client owes us a read before it may ask for more, or exceeds the announced number of requests in flight.
    func mustWait(_ limits: Limits) -> Bool { output.count > limits.maxSessionOutputBytes || inFlight.count > limits.maxInFlight }

    /// Whether frames that it holds can be gone on with: not for each reply, since the rest of them is moved each time.
    func canResumeInput(_ limits: Limits) -> Bool {
        holdsFrames && output.count <= limits.maxSessionOutputBytes / 2 && inFlight.count <= limits.maxInFlight / 2
    }

    /// What the epoll set should be told now.
    func wantedInterest(_ limits: Limits) -> EpollSet.Interest {
        var wanted: EpollSet.Interest = output.count > 0 ? .writing : []
        if phase == .greeting || phase == .open, !mustWait(limits), !holdsFrames { wanted.insert(.reading) }
        return wanted
    }
}
