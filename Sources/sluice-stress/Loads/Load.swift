import CBench
import FoundationEssentials
import Glibc

/// A load to be put on a server: a value that says all of it, and can run itself in processes of its own.
struct Load: Codable {
    enum Workload: String, CaseIterable, Codable, Sendable {
        case echo, ping, get, create, mix, registers, storm
        case redisPing = "redis-ping"

        var code: bench_workload {
            switch self {
            case .echo: BENCH_ECHO
            case .ping: BENCH_PING
            case .get: BENCH_GET
            case .create: BENCH_CREATE
            case .redisPing: BENCH_REDIS_PING
            case .mix: BENCH_MIX
            case .registers: BENCH_REGISTERS
            case .storm: BENCH_STORM
            }
        }
    }

    /// Until when a load goes on: a time after an unmeasured warm-up, or a number of requests, all measured.
    enum Extent: Codable {
        case seconds(Double, warmUp: Double)
        case requests(UInt64)
    }

    /// The repository that `get` and `create` work on, unless told otherwise.
    static let defaultRepository = "sluice-stress"
    /// Bytes of a record's MessagePack beside its body: three names, the id, the number and the headers.
    private static let recordBytesBesideBody = 48

    var workload: Workload
    /// The daemon's socket; of a mix also where another server is, as `bench_is_peer` has it.
    var socket: String
    /// Connections in all, shared out to the processes.
    var clients: Int
    var processes = 1
    var depth = 1
    var extent: Extent
    /// Requests a second of an open loop, in all; 0: each client asks again when it has its answer.
    var rate = 0.0
    /// Errors and lost connections are counted, and do not end the run. Wrong answers always do.
    var isTolerant = false
    /// Of each request of a mix, milliseconds; 0: the daemon's own.
    var deadlineMilliseconds: UInt64 = 0
    var repository = Load.defaultRepository
    /// Record n of a name space has an id and a body that follow from both; each creating process has the name space after the one before.
    var nameSpace: UInt64 = 0
    /// How many records there are for `get` and a mix to ask for.
    var records: UInt64 = 1
    /// `get` asks for one record after the other, instead of at random.
    var isInOrder = false
    var bodyBytes = Load.bodyBytes(ofRecordBytes: 200)
    var mix = Mix()
    var hasCustomID = false
    /// Not 0: clients that ask for all records of the mix and read so many bytes a second.
    var slowBytesPerSecond = 0
    /// Where the ledger of a mix is opened.
    var ledgerPath = ""
    /// Where each process of registers keeps what happened: this path, a dot and its number.
    var history = ""
    /// Which of the processes this is.
    var process = 0
    /// Processors on which the generators may run, a mask; 0 for all.
    var processors: UInt64 = 0

    init(workload: Workload, socket: String, clients: Int, processes: Int = 1, depth: Int = 1, extent: Extent) {
        self.workload = workload
        self.socket = socket
        self.clients = clients
        self.processes = processes
        self.depth = depth
        self.extent = extent
    }

    static func bodyBytes(ofRecordBytes bytes: Int) -> Int { max(0, bytes - recordBytesBesideBody) }

    /// A name space that no other run has: the time, and chance. The last byte is left for the processes.
    static func freshNameSpace() -> UInt64 {
        let seconds = UInt64(UInt32(truncatingIfNeeded: time(nil)))
        return seconds << 32 | UInt64.random(in: 0..<1 << 24) << 8
    }

    /// Runs the load and waits for its end. All processes are connected before the first request goes out.
    /// - Parameters:
    ///   - server: whose processor time is measured along.
    ///   - watch: is given the running processes and comes back when the window is over or before.
    /// - Throws: `StressFailure`, also when a single reply is wrong.
    func run(against server: MeasuredServer? = nil, watch: ([ChildProcess]) throws -> Void = { _ in }) throws -> RunResult {
        let children = try (0..<processes).map { process in
            try ChildProcess(load: share(of: process), processors: processors)
        }
        for child in children { try child.waitUntilReady() }
        let machineBefore = MachineTime()
        let serverBefore = server?.processorNanoseconds
        for child in children { child.letBegin() }
        try watch(children)
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

    /// What one process does of it.
    private func share(of process: Int) -> Load {
        func part(_ count: Int) -> Int { count / processes + (process < count % processes ? 1 : 0) }
        var load = self
        load.process = process
        load.clients = part(clients)
        load.rate = rate * Double(load.clients) / Double(clients)
        if workload == .create { load.nameSpace += UInt64(process) }
        if case .requests(let count) = extent { load.extent = .requests(UInt64(part(Int(count)))) }
        return load
    }

    /// For another process of this program.
    func json() throws -> String { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }

    /// What `json` wrote, in the process that is to do it.
    init(json: String) throws { self = try JSONDecoder().decode(Load.self, from: Data(json.utf8)) }

    /// The load as C has it.
    /// - Parameter ledger: that of a mix; it must outlive what is returned, whose texts are never freed.
    func native(_ ledger: Ledger?) -> bench_load {
        var load = bench_load()
        load.workload = workload.code
        load.socket_path = UnsafePointer(strdup(socket))
        load.clients = UInt32(clients)
        load.depth = UInt32(depth)
        switch extent {
        case .seconds(let seconds, let warmUp):
            load.warm_up = UInt64(warmUp * 1e9)
            load.window = UInt64(seconds * 1e9)
        case .requests(let count): load.requests = count
        }
        load.rate = rate
        load.tolerant = isTolerant
        load.deadline_milliseconds = deadlineMilliseconds
        load.repository = UnsafePointer(strdup(repository))
        load.name_space = nameSpace
        load.records = records
        load.in_order = isInOrder
        load.body_bytes = UInt32(bodyBytes)
        load.mix = mix.native(hasCustomID: hasCustomID)
        ledger?.join(&load)
        load.history = UnsafePointer(strdup("\(history).\(process)"))
        load.process = UInt32(process)
        return load
    }
}
