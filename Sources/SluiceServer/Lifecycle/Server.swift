import CEpoll
import Dispatch
import Glibc
import Logging
import SluiceBackend
import SluiceProtocol

/// The daemon put together: configuration in, a running loop out, and the way it ends. One per process.
///
/// `@unchecked Sendable`: made on the main thread, and from `run` on touched on the loop's queue
/// only, but for `finished` and `completions`.
public final class Server: @unchecked Sendable {
    private let configuration: Configuration
    private let logger: Logger
    private let lock: DirectoryLock
    private let listener: ListenerSocket
    private let loop: EventLoop
    private let timer: LoopTimer
    private let completions: CompletionQueue<Completion>
    private let store: DefinitionStore
    private let sessions: SessionTable
    private let registry: RepositoryRegistry
    private let router: Router
    private let notification: ServiceNotification
    private let signals: Int32
    private let finished = DispatchSemaphore(value: 0)
    private var isAccepting = true
    private var leaveBy = MonotonicTime.distantFuture
    private var graceEnds = MonotonicTime.distantFuture

    /// A worker's report on its way to the loop.
    private struct Completion: Sendable {
        let pool: Int
        let worker: Int
        let report: PoolWorker.Report
    }

    /// How long a client may take to see that the daemon is leaving, and close by itself, milliseconds.
    private static let graceMilliseconds = 200

    /// Accepts in one round, so that a storm of connections does not starve those that are there.
    private static let maxAcceptsPerRound = 64

    /// Takes the state directory and the socket, and makes the backends. Call on the main thread
    /// before any other thread runs: it blocks signals.
    /// - Throws: `StartError`.
    public init(_ configuration: Configuration, engines: [EngineDescription], environment: [String: String], logger: Logger)
        throws(StartError)
    {
        self.configuration = configuration
        self.logger = logger
        signal(SIGPIPE, SIG_IGN)
        signals = sluice_signal_descriptor([SIGTERM, SIGINT], 2)
        guard signals >= 0 else { throw StartError("\(SystemError("signalfd"))") }
        Self.raiseDescriptorLimit()
        do {
            let adopted = try ListenDescriptors.take(environment: environment)
            try Folder.make(configuration.data, mode: 0o700)
            lock = try DirectoryLock(directory: configuration.data)
            store = try DefinitionStore(directory: configuration.data)
            let pools = try Self.pools(configuration, engines)
            registry = RepositoryRegistry(pools: pools, supported: engines, stored: store.definitions, configuration: configuration)
            if let adopted {
                listener = ListenerSocket(adopting: adopted)
            } else {
                listener = try ListenerSocket(path: configuration.socket, mode: configuration.socketMode)
            }
            loop = try EventLoop()
            timer = try LoopTimer()
            completions = try CompletionQueue()
        } catch let error as StartError { throw error } catch { throw StartError("\(error)") }
        sessions = SessionTable(epoll: loop.epoll, limits: configuration.limits, logger: logger)
        router = Router(limits: configuration.limits, sessions: sessions, registry: registry, logger: logger)
        notification = ServiceNotification(environment: environment)
        sessions.delegate = self
    }

    private static func pools(_ configuration: Configuration, _ engines: [EngineDescription]) throws -> [ConnectionPool] {
        try configuration.backends.map { backend in
            let description = try backend.description(among: engines, path: backend.name)
            let engine = try description.makeBackend(backend, configuration.data, configuration.limits)
            do throws(SluiceError) { try engine.prepare() } catch {
                throw StartError("the backend '\(backend.name)' (\(backend.engine)) cannot be used: \(error.message)")
            }
            return ConnectionPool(name: backend.name, backend: engine)
        }
    }

    /// Thousands of clients need as many descriptors as the hard limit allows.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// Runs until SIGTERM or SIGINT has been obeyed.
    /// - Throws: `StartError` when the loop cannot watch what it must.
    public func run() throws(StartError) {
        do {
            try loop.add(listener.descriptor) { [self] _ in if isAccepting { accept() } }
            try loop.add(timer.descriptor) { [self] _ in timer.acknowledge() }
            try loop.add(completions.descriptor) { [self] _ in receiveCompletions() }
            try loop.add(signals) { [self] _ in receiveSignal() }
        } catch { throw StartError("\(error)") }
        for (index, pool) in registry.pools.enumerated() {
            pool.start(store: store) { [completions] worker, report in
                completions.post(Completion(pool: index, worker: worker, report: report))
            }
        }
        loop.queue.sync {
            router.sweep(now: .now)
            loop.start(sessionHandler: { [self] in sessions.handle($0) }, endOfTick: { [self] in endOfTick() })
            endOfTick()
        }
        notification.ready(status: "listening")
        logger.info("listening", metadata: ["socket": "\(listener.place)", "pid": "\(getpid())"])
        finished.wait()
    }

    // MARK: On the loop

    private func accept(atMost count: Int = maxAcceptsPerRound) {
        let now = MonotonicTime.now
        for _ in 0..<count {
            switch listener.accept() {
            case .client(let descriptor): sessions.open(descriptor, now: now)
            case .none: return
            case .exhausted: logger.warning("a client was turned away: no descriptors are left (RLIMIT_NOFILE)")
            }
        }
    }

    private func receiveCompletions() {
        for completion in completions.take() {
            router.receive(completion.report, pool: registry.pools[completion.pool], worker: completion.worker)
        }
    }

    /// What every round ends with: batches to workers, bytes to clients, the timer to what is due next.
    private func endOfTick() {
        let now = MonotonicTime.now
        router.answerExpired(now: now)
        if router.nextSweep <= now { router.sweep(now: now) }
        sessions.closeLate(now: now)
        router.dispatch()
        sessions.flush()
        // Clients that have read on may have put requests back into their queues.
        router.dispatch()
        if router.isLeaving { leaveFurther(now) }
        var next = min(router.nextSweep, sessions.nextInputDeadline, min(leaveBy, graceEnds))
        if let earliest = router.deadlines.first { next = min(next, earliest.deadline) }
        timer.arm(noLaterThan: next)
    }

    // MARK: Leaving

    private func receiveSignal() {
        var information = signalfd_siginfo()
        guard read(signals, &information, MemoryLayout<signalfd_siginfo>.size) > 0 else { return }
        // Asked a second time: the person does not want to wait.
        guard !router.isLeaving else { return end() }
        logger.notice("leaving", metadata: ["signal": "\(information.ssi_signo)", "connections": "\(sessions.count)"])
        notification.stopping()
        router.isLeaving = true
        isAccepting = false
        loop.epoll.remove(listener.descriptor)
        if listener.refuseMore() { accept(atMost: Int(ListenerSocket.backlog)) }
        let now = MonotonicTime.now
        leaveBy = now.advanced(milliseconds: configuration.limits.drainMilliseconds)
        graceEnds = now.advanced(milliseconds: Self.graceMilliseconds)
        for session in sessions.all where session.phase == .open { router.announceLeaving(to: session) }
    }

    /// Clients that understand it close by themselves when they have their replies. The others are shut out as soon as nothing is owed to
    /// them: what they had written by then is read and answered, what they write later fails, so that none of it is lost without a word.
    private func leaveFurther(_ now: MonotonicTime) {
        if sessions.count == 0 || now >= leaveBy { return end() }
        guard graceEnds == .distantFuture || now >= graceEnds else { return }
        graceEnds = .distantFuture
        for session in sessions.all where session.isSettled { sessions.shutOut(session) }
    }

    private func end() {
        let cut = sessions.all.count { !$0.isSettled }
        if cut > 0 {
            logger.warning(
                "left before all was answered: drainMilliseconds has passed, or a second signal came", metadata: ["clients": "\(cut)"])
        }
        loop.stop()
        for session in sessions.all { sessions.close(session) }
        for pool in registry.pools { pool.stopIdleWorkers() }
        finished.signal()
    }
}

extension Server: SessionTable.Delegate {
    func session(_ session: Session, didReceive frame: UnsafeRawBufferPointer) -> Bool { router.receive(frame, from: session) }
    func sessionDidClose(_ session: Session) { router.dropRequests(of: session) }
    func sessionDidDrain(_ session: Session) { router.resume(session) }
}
