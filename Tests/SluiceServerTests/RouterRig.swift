import Dispatch
import Glibc
import Logging
import SluiceBackend
import SluiceProtocol
import SluiceTesting
import Synchronization
import Testing

@testable import SluiceServer

/// A router with one backend and clients, without a loop: the test says when a worker's report is taken.
final class RouterRig {
    let router: Router
    let registry: RepositoryRegistry
    private let sessions: SessionTable
    private let epoll: EpollSet
    private let pool: ConnectionPool
    private let folder = TemporaryFolder()
    private let reports = Reports()
    /// The clients' ends, by the descriptors of their sessions.
    private var peers: [Int32: Int32] = [:]

    /// What workers have said.
    private final class Reports: Sendable {
        let waiting = Mutex<[(worker: Int, report: PoolWorker.Report)]>([])
        let count = DispatchSemaphore(value: 0)
    }

    /// - Parameter stored: what was defined in an earlier run.
    init(_ backend: any Backend, limits: Limits = Limits(), stored: [String] = []) throws {
        var configuration = try Configuration(flags: .init(data: folder.path), environment: [:], engines: [Self.engine])
        configuration.limits = limits
        let store = try DefinitionStore(directory: folder.path)
        epoll = try EpollSet()
        sessions = SessionTable(epoll: epoll, limits: limits, logger: Logger(label: "test"))
        pool = ConnectionPool(name: "default", backend: backend)
        registry = RepositoryRegistry(pools: [pool], supported: [], stored: Self.definitions(stored), configuration: configuration)
        router = Router(limits: limits, sessions: sessions, registry: registry, logger: Logger(label: "test"))
        sessions.delegate = self
        pool.start(store: store) { [reports] worker, report in
            reports.waiting.withLock { $0.append((worker, report)) }
            reports.count.signal()
        }
        takeReport()
    }

    deinit { for peer in peers.values { Glibc.close(peer) } }

    private static func definitions(_ names: [String]) -> [ExactText: RepositoryDefinition] {
        var definitions: [ExactText: RepositoryDefinition] = [:]
        for name in names {
            definitions[ExactText(name)] = RepositoryDefinition(name: name)
            definitions[ExactText(name)]?.backend = "default"
        }
        return definitions
    }

    private static let engine = EngineDescription(
        name: "sqlite", requiredProperties: [], makeBackend: { _, _, _ in preconditionFailure("the rig has its own backend") })

    /// A client that has said hello.
    func client() -> Session {
        var ends: [Int32] = [-1, -1]
        precondition(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0, &ends) == 0)
        peers[ends[0]] = ends[1]
        sessions.open(ends[0], now: .now)
        guard let session = sessions.all.first(where: { $0.descriptor == ends[0] }) else { preconditionFailure("it was not opened") }
        sessions.greeted(session)
        return session
    }

    /// A client is gone.
    func close(_ session: Session) { sessions.close(session) }

    /// Lets the router have a request.
    func send(
        _ session: Session, _ id: Int64, _ operation: Operation, _ repository: String? = nil, deadlineMilliseconds: Int64? = nil,
        _ arguments: (inout ArgumentsEncoder) -> Void = { _ in }
    ) {
        Self.frame(id, operation, repository, deadlineMilliseconds: deadlineMilliseconds, arguments).withUnsafeBytes { frame in
            _ = router.receive(UnsafeRawBufferPointer(rebasing: frame[4...]), from: session)
        }
    }

    /// A request as it is on the wire.
    static func frame(
        _ id: Int64, _ operation: Operation, _ repository: String? = nil, deadlineMilliseconds: Int64? = nil,
        _ arguments: (inout ArgumentsEncoder) -> Void = { _ in }
    ) -> [UInt8] {
        var encoder = ArgumentsEncoder()
        arguments(&encoder)
        var writer = MessagePackWriter()
        RequestEncoder.request(
            id: id, operation: operation, repository: repository, arguments: repository == nil ? nil : encoder.bytes,
            deadlineMilliseconds: deadlineMilliseconds, attempt: 1, to: &writer)
        return writer.bytes
    }

    /// Has the client whose session this is write bytes, and the router take what it reads of them.
    func write(_ bytes: [UInt8], from session: Session) throws {
        let peer = try #require(peers[session.descriptor])
        try #require(Glibc.send(peer, bytes, bytes.count, 0) == bytes.count)
        sessions.handle(EpollSet.Event(token: session.token, isReadable: true, isWritable: false, isHungUp: false))
    }

    /// What the round of events ends with: work to workers, replies to clients.
    func endRound() {
        router.dispatch()
        sessions.flush()
        router.dispatch()
    }

    /// Waits for the next report of a worker and has the router take it, as the loop would, then dispatch.
    func takeReport() {
        reports.count.wait()
        let (worker, report) = reports.waiting.withLock { $0.removeFirst() }
        router.receive(report, pool: pool, worker: worker)
        endRound()
    }
}

extension RouterRig: SessionTable.Delegate {
    func session(_ session: Session, didReceive frame: UnsafeRawBufferPointer) -> Bool { router.receive(frame, from: session) }
    func sessionDidClose(_ session: Session) { router.dropRequests(of: session) }
    func sessionDidDrain(_ session: Session) { router.resume(session) }
}
