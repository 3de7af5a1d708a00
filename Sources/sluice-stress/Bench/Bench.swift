import CBench
import Glibc

/// What the rows of the benchmark share: where they work, how often and how long they measure, and
/// the programs they start. Made by `BenchCommand`.
struct Bench {
    let folder: WorkFolder
    let daemon: String
    /// Nil when redis-server is not there: then its line says so.
    let redis: String?
    let runs: Int
    let isQuick: Bool
    let isPinned: Bool
    let progress: ProgressLine

    /// Measured time of one run of an in-memory workload, and the warm-up before it, seconds.
    var window: Double { isQuick ? 0.5 : 2 }
    var warmUp: Double { isQuick ? 0.1 : 0.5 }
    /// The same for durable writes, whose pace depends on a disk.
    var durableWindow: Double { isQuick ? 1 : 5 }
    var durableWarmUp: Double { isQuick ? 0.2 : 1 }

    /// With pinning, generators run on the last processor and servers on all the others.
    var generatorProcessors: UInt64 { isPinned ? 1 << UInt64(63 - bench_processors().leadingZeroBitCount) : 0 }
    var serverProcessors: UInt64 { isPinned ? bench_processors() & ~generatorProcessors : 0 }

    /// Processors that this program may use.
    static var processorCount: Int { bench_processors().nonzeroBitCount }

    /// Processes that clients of closed loops are shared out to. An open loop has one: several on one processor would wait for each other,
    /// and their latencies be those of the scheduler.
    static let processes = 4

    /// A load on a server as this benchmark measures it.
    func load(_ workload: Load.Workload, on server: MeasuredServer, clients: Int, processes: Int = 1) -> Load {
        var load = Load(
            workload: workload, socket: server.socket, clients: clients, processes: processes, extent: .seconds(window, warmUp: warmUp))
        load.processors = generatorProcessors
        return load
    }

    /// - Parameter configuration: a file of it; nil: none.
    func startDaemon(in folder: String, configuration: String? = nil) throws -> MeasuredServer {
        try .daemon(daemon, in: folder, configuration: configuration, processors: serverProcessors)
    }

    /// - Parameter hops: each echo goes to a worker thread and back.
    func startEcho(in folder: String, hops: Bool = false) throws -> MeasuredServer {
        try .echo(in: folder, hops: hops, processors: serverProcessors)
    }

    /// Nil when there is none on this machine.
    func startRedis(in folder: String) throws -> MeasuredServer? {
        try redis.map { try .redis($0, in: folder, processors: serverProcessors) }
    }

    /// Why a line has no figure.
    static let redisIsMissing = "redis-server was not found; install it (Debian: redis-server) or give --redis"

    /// Waits, so that a server can come to rest.
    func rest(seconds: Double) throws {
        let ends = bench_now() + UInt64(seconds * 1e9)
        while bench_now() < ends {
            try StressFailure.checkInterrupt()
            usleep(20_000)
        }
    }
}

extension StoredRecords {
    /// The records of 200 bytes that rows on the embedded engine read.
    static func fill(at daemon: MeasuredServer, _ bench: Bench) throws -> StoredRecords {
        try fill("records", at: daemon.socket, count: bench.isQuick ? 1_000 : 100_000, bodyBytes: Load.bodyBytes(ofRecordBytes: 200))
    }

    /// Reads of these records by id, at random.
    func load(on server: MeasuredServer, clients: Int, _ bench: Bench) -> Load {
        var load = bench.load(.get, on: server, clients: clients)
        load.repository = repository
        load.nameSpace = nameSpace
        load.records = count
        load.bodyBytes = bodyBytes
        return load
    }
}
