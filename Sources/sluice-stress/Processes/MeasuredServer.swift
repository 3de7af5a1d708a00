import CBench
import Glibc

/// A server under load: started by the harness on a socket of its own, and ended by it.
final class MeasuredServer {
    let name: String
    let socket: String
    private let process: ChildProcess
    private let log: String?

    /// How long a server may take until it listens, and to leave, seconds.
    private static let patience = 20

    private init(name: String, socket: String, log: String?, process: ChildProcess) throws {
        self.name = name
        self.socket = socket
        self.log = log
        self.process = process
        try waitUntilListening()
    }

    /// The bare epoll echo server of this program.
    /// - Parameter hops: each echo goes to a worker thread and back.
    static func echo(in folder: String, hops: Bool = false, processors: UInt64 = 0) throws -> MeasuredServer {
        let socket = "\(folder)/echo.sock"
        let process = try ChildProcess(
            subcommand: ["echo-server", "--socket", socket] + (hops ? ["--hop"] : []), processors: processors)
        return try MeasuredServer(name: hops ? "echo by a worker" : "bare echo", socket: socket, log: nil, process: process)
    }

    /// A daemon on an empty store.
    /// - Parameter configuration: a file of it; nil: none.
    static func daemon(
        _ program: String, in folder: String, configuration: String? = nil, processors: UInt64 = 0
    ) throws -> MeasuredServer {
        let socket = "\(folder)/sluiced.sock"
        let log = "\(folder)/sluiced.log"
        let process = try ChildProcess(
            program: program,
            ["--socket", socket, "--data", "\(folder)/sluiced-data"] + (configuration.map { ["--config", $0] } ?? []), log: log,
            processors: processors)
        return try MeasuredServer(name: "sluiced", socket: socket, log: log, process: process)
    }

    /// A redis that keeps nothing and listens nowhere else.
    static func redis(_ program: String, in folder: String, processors: UInt64 = 0) throws -> MeasuredServer {
        let socket = "\(folder)/redis.sock"
        let log = "\(folder)/redis.log"
        let arguments = ["--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--dir", folder]
        let process = try ChildProcess(program: program, arguments, log: log, processors: processors)
        return try MeasuredServer(name: "redis-server", socket: socket, log: log, process: process)
    }

    private func waitUntilListening() throws {
        for _ in 0..<(Self.patience * 100) {
            try StressFailure.checkInterrupt()
            guard process.isRunning else { throw StressFailure(.serverNotThere, "\(name) ended instead of listening\(lastWords)") }
            if bench_is_listening(socket) { return }
            usleep(10_000)
        }
        throw StressFailure(.serverNotThere, "\(name) does not listen at \(socket) after \(Self.patience) s\(lastWords)")
    }

    /// The end of what the server logged, for a failure's message.
    private var lastWords: String {
        guard let log, let text = TextFile.contents(log), !text.isEmpty else { return "" }
        return "; its last words:\n\(text.suffix(2000))"
    }

    /// Processor time used so far by all of its threads, nanoseconds.
    var processorNanoseconds: UInt64 { bench_process_time(process.identifier) }

    /// Memory that is the process's own (`RssAnon` of proc(5)), bytes; nil when the process is gone.
    var anonymousBytes: Int? {
        guard let status = TextFile.contents("/proc/\(process.identifier)/status") else { return nil }
        let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
        return line?.split(whereSeparator: { " \t".contains($0) }).dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }

    /// Ends the server as a service manager would.
    /// - Throws: `StressFailure` when a server that has a log, and so handles SIGTERM, does not leave with exit code 0.
    func stop() throws {
        let status = process.end(withinSeconds: Self.patience)
        guard status == 0 || log == nil else { throw StressFailure(.serverFailed, "\(name) left with exit code \(status)\(lastWords)") }
    }
}
