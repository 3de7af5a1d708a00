import Logging
import SluiceBackend
import SluiceProtocol

/// Takes requests from sessions to their repository's queue, batches from queues to workers, and results back.
/// Owned by the server, touched on the loop only.
final class Router {
    let limits: Limits
    let sessions: SessionTable
    let registry: RepositoryRegistry
    let logger: Logger
    var metrics = Metrics()
    var deadlines = IndexedHeap<PendingRequest>()
    /// After SIGTERM: what comes now is answered `shuttingDown`.
    var isLeaving = false
    /// When the oldest of repositories with a time to live is swept next.
    var nextSweep = MonotonicTime.distantFuture
    let started = MonotonicTime.now

    init(limits: Limits, sessions: SessionTable, registry: RepositoryRegistry, logger: Logger) {
        self.limits = limits
        self.sessions = sessions
        self.registry = registry
        self.logger = logger
    }

    /// Requests of all sessions that have no final reply yet, those of internal origin apart.
    var hasRequestsInFlight: Bool { !deadlines.isEmpty }

    // MARK: Frames

    /// Takes one frame of a session.
    /// - Returns: whether the session goes on reading.
    func receive(_ frame: UnsafeRawBufferPointer, from session: Session) -> Bool {
        do throws(SluiceError) {
            switch try ClientFrame(frame, maxValues: limits.maxFrameValues) {
            case .hello(let hello):
                guard session.phase == .greeting else { throw SluiceError.invalidInput("a second hello") }
                greet(session, hello)
            case .request(let envelope):
                try requireHello(session)
                try receive(envelope, frame, session)
            case .rejected(let id, let error):
                try requireHello(session)
                try requireFresh(id, session)
                answer(session, id, error)
            case .cancel(let id):
                try requireHello(session)
                if let request = session.inFlight[id] { cancel(request) }
            case .unknown: try requireHello(session)
            }
            return session.phase == .open
        } catch {
            sessions.fault(session, error)
            return false
        }
    }

    private func requireHello(_ session: Session) throws(SluiceError) {
        guard session.phase != .greeting else { throw .invalidInput("the first frame must be a hello") }
    }

    private func requireFresh(_ id: Int64, _ session: Session) throws(SluiceError) {
        guard session.inFlight.isEmpty || session.inFlight[id] == nil else {
            throw .invalidInput("the request id \(id) is in flight already")
        }
    }

    private func greet(_ session: Session, _ hello: ClientHello) {
        session.hello = hello
        sessions.greeted(session)
        sessions.send(session) { [limits, registry] writer in
            ReplyEncoder.welcome(
                name: "sluice", features: ["parts", "goingAway", "cancel", "pages", "explain"], limits: limits.announced,
                backends: registry.announced, to: &writer)
        }
        if isLeaving { announceLeaving(to: session) }
    }

    private func receive(_ envelope: RequestEnvelope, _ frame: UnsafeRawBufferPointer, _ session: Session) throws(SluiceError) {
        try requireFresh(envelope.id, session)
        // The least request of all: nothing in it needs a closer look.
        if envelope.operation == Operation.ping.rawValue, envelope.repository == nil, envelope.deadlineMilliseconds != 0, !isLeaving {
            metrics.count(.ping)
            return sessions.send(session) { ReplyEncoder.null(id: envelope.id, to: &$0) }
        }
        var name = "request"
        var repository: String?
        do throws(SluiceError) {
            guard !isLeaving else { throw SluiceError(.shuttingDown, "the daemon is leaving; connect again and send the request there") }
            guard let code = envelope.operation else { throw SluiceError.invalidInput("the operation is missing") }
            guard let operation = Operation(rawValue: code) else {
                throw SluiceError.invalidInput("this daemon has no operation \(code)", reason: "unknownOperation")
            }
            name = operation.name
            metrics.count(operation)
            guard envelope.deadlineMilliseconds != 0 else {
                throw SluiceError(.deadlineExceeded, "the deadline had passed when the request came")
            }
            if let range = envelope.repository {
                let utf8 = UnsafeRawBufferPointer(rebasing: frame[range])
                try ValueRules.check(text: utf8)
                repository = String(decoding: utf8, as: UTF8.self)
            }
            guard operation.needsRepository else { return answer(operation, envelope.id, session) }
            guard let repository else { throw SluiceError.invalidInput("the repository is missing") }
            try route(operation, repository, envelope, frame, session)
        } catch {
            answer(session, envelope.id, error.located(repository: repository, operation: name))
        }
    }

    /// The operations that the daemon answers itself.
    private func answer(_ operation: Operation, _ id: Int64, _ session: Session) {
        let value: StructuredValue
        switch operation {
        case .ping: value = .null
        case .backends: value = registry.backends
        case .stats: value = statistics
        default: value = .list(registry.all.filter { $0.definition != nil }.map(\.structured))
        }
        sessions.send(session) { ReplyEncoder.value(id: id, value.messagePack, to: &$0) }
    }

    private func route(
        _ kind: Operation, _ name: String, _ envelope: RequestEnvelope, _ frame: UnsafeRawBufferPointer, _ session: Session
    ) throws(SluiceError) {
        let bytes = envelope.arguments.map { Array(frame[$0]) } ?? []
        let arguments = bytes.isEmpty ? RequestArguments() : try RequestArguments(bytes[...])
        var operation = try RepositoryOperation(kind, repository: name, arguments, maxPageSize: limits.maxPageSize)
        let now = MonotonicTime.now
        let repository: Repository
        if case .define(var definition) = operation {
            repository = try registry.repository(named: name, toDefine: &definition)
            operation = .define(definition)
            if let known = repository.answerIfUnchanged(definition) {
                return sessions.send(session) { ReplyEncoder.value(id: envelope.id, known.messagePack, to: &$0) }
            }
        } else {
            repository = try registry.repository(named: name)
        }
        if let error = repository.pool.openError {
            registry.forgetIfUndefined(repository)
            throw error
        }
        let standard = kind == .define ? limits.defineDeadlineMilliseconds : limits.defaultDeadlineMilliseconds
        let milliseconds = min(envelope.deadlineMilliseconds ?? Int64(standard), Int64(limits.maxDeadlineMilliseconds))
        admit(
            PendingRequest(
                session: session, id: envelope.id, kind: kind, operation: operation, repository: repository,
                deadline: now.advanced(milliseconds: Int(milliseconds)), received: now, cost: bytes.count + 256))
    }

    private func admit(_ request: PendingRequest) {
        request.session.inFlight[request.id] = request
        deadlines.insert(request)
        enqueue(request)
    }

    /// Queues a request that is in flight, perhaps at the cost of another.
    func enqueue(_ request: PendingRequest) {
        let repository = request.repository
        let limit = repository.queue.limitReached()
        func overloaded(_ request: PendingRequest) -> SluiceError {
            metrics.shed += 1
            return SluiceError(
                .overloaded, "\(request.kind.name) on repository '\(repository.name)': its queue is full; try again later",
                details: ["limit": .string(limit.name), "value": .integer(Int64(limit.value))])
        }
        switch repository.queue.admit(request) {
        case .admitted(let shed):
            schedule(repository)
            for victim in shed { finish(victim, overloaded(victim)) }
        case .refused: finish(request, overloaded(request))
        }
    }

    /// Puts a repository among those with work.
    func schedule(_ repository: Repository) { repository.pool.turns.add(repository) }

    // MARK: Replies

    func answer(_ session: Session, _ id: Int64, _ error: SluiceError) {
        metrics.add(error)
        logger.debug("request failed", metadata: ["session": "\(session.number)", "request": "\(id)", "error": "\(error)"])
        sessions.send(session) { ReplyEncoder.error(id: id, error, to: &$0) }
    }

    /// The final reply of a request with an error.
    func finish(_ request: PendingRequest, _ error: SluiceError) {
        settle(request)
        answer(request.session, request.id, error)
    }

    /// Takes a request out of everything that knows it, before its final reply.
    func settle(_ request: PendingRequest) {
        deadlines.remove(request)
        request.state = .finished
        request.session.inFlight[request.id] = nil
        forgetIfUndefined(request)
        // A client that exceeded its number of requests may be read from again.
        if request.session.phase != .closed { sessions.markDirty(request.session) }
    }

    /// A first definition has ended, perhaps before any worker saw it: a name that was never defined must not stay.
    private func forgetIfUndefined(_ request: PendingRequest) {
        guard !request.repository.isDefined else { return }
        if request.share.count == 0 { request.session.forget(request.share) }
        registry.forgetIfUndefined(request.repository)
    }

    func announceLeaving(to session: Session) {
        guard session.understands("goingAway") else { return }
        sessions.send(session) { ReplyEncoder.goingAway(reason: "the daemon is shutting down", to: &$0) }
    }
}
