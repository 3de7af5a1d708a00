import Dispatch
import Glibc
import Logging
import SluiceBackend
import SluiceProtocol
import SluiceTesting
import Synchronization

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
    private var peers: [Int32] = []

    /// What workers have said.
    private final class Reports: Sendable {
        let waiting = Mutex<[(worker: Int, report: PoolWorker.Report)]>([])
        let count = DispatchSemaphore(value: 0)
    }

    init(_ backend: any Backend, limits: Limits = Limits()) throws {
        var configuration = try Configuration(flags: .init(data: folder.path), environment: [:], engines: [Self.engine])
        configuration.limits = limits
        let store = try DefinitionStore(directory: folder.path)
        epoll = try EpollSet()
        sessions = SessionTable(epoll: epoll, limits: limits, logger: Logger(label: "test"))
        pool = ConnectionPool(name: "default", backend: backend)
        registry = RepositoryRegistry(pools: [pool], supported: [], stored: [:], configuration: configuration)
        router = Router(limits: limits, sessions: sessions, registry: registry, logger: Logger(label: "test"))
        sessions.delegate = self
        pool.start(store: store) { [reports] worker, report in
            reports.waiting.withLock { $0.append((worker, report)) }
            reports.count.signal()
        }
        takeReport()
    }

    deinit { for peer in peers { Glibc.close(peer) } }

    private static let engine = EngineDescription(
        name: "sqlite", requiredProperties: [], makeBackend: { _, _, _ in preconditionFailure("the rig has its own backend") })

    /// A client that has said hello.
    func client() -> Session {
        var ends: [Int32] = [-1, -1]
        precondition(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0, &ends) == 0)
        peers.append(ends[1])
        sessions.open(ends[0], now: .now)
        guard let session = sessions.all.first(where: { $0.descriptor == ends[0] }) else { preconditionFailure("it was not opened") }
        sessions.greeted(session)
        return session
    }

    /// A client is gone.
    func close(_ session: Session) { sessions.close(session) }

    /// Lets the router have a request.
    func send(
        _ session: Session, _ id: Int64, _ operation: Operation, _ repository: String,
        _ arguments: (inout ArgumentsEncoder) -> Void
    ) {
        var encoder = ArgumentsEncoder()
        arguments(&encoder)
        var writer = MessagePackWriter()
        RequestEncoder.request(
            id: id, operation: operation, repository: repository, arguments: encoder.bytes, deadlineMilliseconds: nil, attempt: 1,
            to: &writer)
        writer.bytes.withUnsafeBytes { frame in _ = router.receive(UnsafeRawBufferPointer(rebasing: frame[4...]), from: session) }
    }

    /// Waits for the next report of a worker and has the router take it, as the loop would, then dispatch.
    func takeReport() {
        reports.count.wait()
        let (worker, report) = reports.waiting.withLock { $0.removeFirst() }
        router.receive(report, pool: pool, worker: worker)
        router.dispatch()
        sessions.flush()
    }
}

extension RouterRig: SessionTable.Delegate {
    func session(_ session: Session, didReceive frame: UnsafeRawBufferPointer) -> Bool { router.receive(frame, from: session) }
    func sessionDidClose(_ session: Session) { router.dropRequests(of: session) }
    func sessionDidDrain(_ session: Session) { router.resume(session) }
}
