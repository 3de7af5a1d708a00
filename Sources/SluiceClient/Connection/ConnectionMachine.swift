import SluiceProtocol

/// The client's side of the protocol over any number of sockets, without I/O or a clock: facts in, actions out. Owned by `Connection`.
///
/// At most one link takes requests. Others may be leaving: they wait for their last replies while a new link takes over. A link is opened
/// when a request wants one, so an idle client does not chase a daemon that is away.
struct ConnectionMachine<Completion: Sendable>: Sendable {
    /// What the owner is to do, in this order.
    enum Action: Sendable {
        /// Open a socket; answer with `opened` or `connectFailed`.
        case connect(link: Int)
        /// Write what `takeOutput` gives until it gives nothing.
        case flush(link: Int)
        /// Close the socket; the link is gone.
        case close(link: Int)
        /// Tell the caller.
        case complete(Completion, Result<Reply, SluiceError>)
    }

    struct Settings: Sendable {
        var name = "swift"
        /// How long a daemon may take for its welcome.
        var greeting = Duration.seconds(5)
        /// How much later than the daemon the client ends a request that was sent.
        var grace = Duration.milliseconds(500)
        var backoff = Backoff()
        /// From 0 to 1.
        var jitter: @Sendable () -> Double = { Double.random(in: 0..<1) }
    }

    /// Where new requests go. Exits: `idle` → `connecting` → `active` → `idle`; all → `closed`.
    enum Route: Sendable, Equatable {
        case idle(notBefore: ContinuousClock.Instant?)
        case connecting(link: Int)
        case active(link: Int)
        case closed
    }

    let settings: Settings
    var actions: [Action] = []
    /// What the last daemon said of itself.
    var welcome: Welcome?
    var route = Route.idle(notBefore: nil)
    var links: [Int: Link] = [:]
    var requests: [Int64: PendingRequest<Completion>] = [:]
    var line = WaitingLine()
    var definitions: [Definition] = []
    /// Failures since the last reply.
    var failures = 0
    /// Why there is no link.
    var lastFailure: SluiceError?
    /// No request's timer is before this.
    var scanAt: ContinuousClock.Instant?
    private var linkCount = 0
    /// Redefinitions' ids, out of the way of the callers'.
    private var redefinitionCount: Int64 = 1 << 62

    /// What a caller defined, sent again on each new link.
    struct Definition: Sendable, Equatable {
        let repository: String
        let arguments: [UInt8]
    }

    init(_ settings: Settings) { self.settings = settings }

    /// A caller's request, under an id that it has not used before.
    mutating func submit(_ id: Int64, _ call: Call, _ completion: Completion, now: ContinuousClock.Instant) {
        guard route != .closed else {
            actions.append(.complete(completion, .failure(Self.closedError.located(call))))
            return
        }
        requests[id] = PendingRequest(call: call, purpose: .caller(completion))
        schedule(call.deadline)
        line.append(id)
        proceed(now: now)
    }

    /// The caller no longer wants it.
    mutating func cancel(_ id: Int64, now: ContinuousClock.Instant) {
        guard var request = requests[id], !request.isCancelled, case .caller = request.purpose else { return }
        request.isCancelled = true
        guard case .sent(let number, _) = request.stage else {
            requests[id] = nil
            return fail(request, Self.cancelledError.located(request.call))
        }
        requests[id] = request
        guard links[number]?.takesCancels == true else {
            return abandon(id, Self.cancelledError)
        }
        append(to: number) { RequestEncoder.cancel(id: id, to: &$0) }
    }

    /// The next bytes for a link's socket, when the kernel has all of those before; nil, which ends the flush, when there are none.
    mutating func takeOutput(_ number: Int) -> [UInt8]? {
        guard var link = links[number] else { return nil }
        defer { links[number] = link }
        link.isWriting = link.loss == nil && !link.output.bytes.isEmpty
        guard link.isWriting else {
            link.isFlushing = false
            return nil
        }
        link.taken = link.queued
        let bytes = link.output.bytes
        link.output = MessagePackWriter()
        return bytes
    }

    /// The owner is done: everybody is told, every link goes.
    mutating func close() {
        route = .closed
        for number in links.keys { actions.append(.close(link: number)) }
        let orphans = requests
        let lost = links
        requests = [:]
        links = [:]
        scanAt = nil
        for (_, var request) in orphans.sorted(by: { $0.key < $1.key }) {
            if case .sent(let number, let end) = request.stage, (lost[number]?.taken ?? end) >= end {
                request.mayHaveHappened = request.call.operation.isWrite
            }
            fail(request, Self.closedError.located(request.call))
        }
    }

    /// When `tick` must be called next.
    var nextWake: ContinuousClock.Instant? {
        let connectAt: ContinuousClock.Instant?
        if case .idle(let notBefore?) = route, isWanted { connectAt = notBefore } else { connectAt = nil }
        guard let scanAt, let connectAt else { return scanAt ?? connectAt }
        return min(scanAt, connectAt)
    }

    /// Whether a request waits for a link.
    private var isWanted: Bool { requests.values.contains { $0.stage == .waiting } }

    mutating func schedule(_ instant: ContinuousClock.Instant) { scanAt = scanAt.map { min($0, instant) } ?? instant }

    /// Sends what can be sent, or asks for a link to send it on.
    mutating func proceed(now: ContinuousClock.Instant) {
        switch route {
        case .active(let number): dispatch(number, now: now)
        case .idle(let notBefore) where (notBefore.map { $0 <= now } ?? true) && isWanted:
            linkCount += 1
            route = .connecting(link: linkCount)
            actions.append(.connect(link: linkCount))
        default: break
        }
    }

    /// Appends a frame to a link's output and makes sure that somebody writes it.
    mutating func append(to number: Int, _ frame: (inout MessagePackWriter) -> Void) {
        let before = links[number]!.output.bytes.count
        frame(&links[number]!.output)
        links[number]!.queued += links[number]!.output.bytes.count - before
        guard !links[number]!.isFlushing else { return }
        links[number]!.isFlushing = true
        actions.append(.flush(link: number))
    }

    /// The id of a request of the machine's own.
    mutating func nextRedefinition() -> Int64 {
        redefinitionCount += 1
        return redefinitionCount
    }
}

extension SluiceError {
    func located(_ call: Call) -> SluiceError { located(repository: call.repository, operation: call.operation.name) }
}
