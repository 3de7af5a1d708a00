import CBench
import Glibc

/// A load to be put on a server: a value that says all of it, and can run itself in processes of its own.
struct Load {
    enum Workload: String, CaseIterable, Sendable {
        case echo, ping, get, create
        case redisPing = "redis-ping"

        var code: bench_workload {
            switch self {
            case .echo: BENCH_ECHO
            case .ping: BENCH_PING
            case .get: BENCH_GET
            case .create: BENCH_CREATE
            case .redisPing: BENCH_REDIS_PING
            }
        }
    }

    /// Until when a load goes on: a time after an unmeasured warm-up, or a number of requests, all measured.
    enum Extent {
        case seconds(Double, warmUp: Double)
        case requests(UInt64)
    }

    /// The repository that `get` and `create` work on, unless told otherwise.
    static let defaultRepository = "sluice-stress"
    /// Bytes of a record's MessagePack beside its body: three names, the id, the number and the headers.
    private static let recordBytesBesideBody = 48

    var workload: Workload
    var socket: String
    /// Connections in all, shared out to the processes.
    var clients: Int
    var processes = 1
    var depth = 1
    var extent: Extent
    var repository = Load.defaultRepository
    /// Record n of a name space has an id and a body that follow from both; each creating process has the name space after the one before.
    var nameSpace: UInt64 = 0
    /// How many records there are for `get` to ask for.
    var records: UInt64 = 1
    /// `get` asks for one record after the other, instead of at random.
    var isInOrder = false
    var bodyBytes = Load.bodyBytes(ofRecordBytes: 200)
    /// Processors on which the generators may run, a mask; 0 for all.
    var processors: UInt64 = 0

    static func bodyBytes(ofRecordBytes bytes: Int) -> Int { max(0, bytes - recordBytesBesideBody) }

    /// A name space that no other run has: the time, and chance. The last byte is left for the processes.
    static func freshNameSpace() -> UInt64 {
        let seconds = UInt64(UInt32(truncatingIfNeeded: time(nil)))
        return seconds << 32 | UInt64.random(in: 0..<1 << 24) << 8
    }

    /// Runs the load and waits for its end. All processes are connected before the first request goes out.
    /// - Throws: `StressFailure`, also when a single reply is wrong.
    func run(against server: MeasuredServer? = nil) throws -> RunResult {
        let children = try (0..<processes).map { try ChildProcess(subcommand: arguments(process: $0), processors: processors) }
        for child in children { try child.waitUntilReady() }
        let machineBefore = MachineTime()
        let serverBefore = server?.processorNanoseconds
        for child in children { child.letBegin() }
        let result = RunResult()
        for child in children { try result.add(from: child) }
        let machineAfter = MachineTime()
        if let server, let serverBefore { result.serverProcessorNanoseconds = server.processorNanoseconds - serverBefore }
        for child in children { child.end(withinSeconds: 5) }
        if let machineBefore, let machineAfter, let ofServer = result.serverProcessorNanoseconds {
            let own = children.reduce(ofServer) { $0 + $1.processorNanoseconds }
            result.othersPercent = machineAfter.othersPercent(since: machineBefore, own: own)
        }
        return result
    }

    /// The command line that hands this load to one generator: `GenerateCommand` reads it.
    private func arguments(process: Int) -> [String] {
        let share = clients / processes + (process < clients % processes ? 1 : 0)
        let space = workload == .create ? nameSpace + UInt64(process) : nameSpace
        var arguments = [
            "generate", "--workload", workload.rawValue, "--socket", socket, "--clients", "\(share)", "--depth", "\(depth)",
            "--repository", repository, "--name-space", "\(space)", "--records", "\(records)", "--body-bytes", "\(bodyBytes)",
        ]
        switch extent {
        case .seconds(let seconds, let warmUp): arguments += ["--seconds", "\(seconds)", "--warm-up", "\(warmUp)"]
        case .requests(let count): arguments += ["--requests", "\(count)"]
        }
        if isInOrder { arguments.append("--in-order") }
        return arguments
    }
}
