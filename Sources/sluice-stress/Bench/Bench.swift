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

    /// A load on a server as this benchmark measures it.
    func load(_ workload: Load.Workload, on server: MeasuredServer, clients: Int, processes: Int = 1) -> Load {
        var load = Load(
            workload: workload, socket: server.socket, clients: clients, processes: processes, extent: .seconds(window, warmUp: warmUp))
        load.processors = generatorProcessors
        return load
    }

    func startDaemon(in folder: String) throws -> MeasuredServer { try .daemon(daemon, in: folder, processors: serverProcessors) }
    func startEcho(in folder: String) throws -> MeasuredServer { try .echo(in: folder, processors: serverProcessors) }

    /// Waits, so that a server can come to rest.
    func rest(seconds: Double) throws {
        let ends = bench_now() + UInt64(seconds * 1e9)
        while bench_now() < ends {
            try StressFailure.checkInterrupt()
            usleep(20_000)
        }
    }
}
