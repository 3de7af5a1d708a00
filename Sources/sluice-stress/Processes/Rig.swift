import CBench
import FoundationEssentials
import Glibc

/// A daemon on an empty store, with the server of its engine, that a run starts for itself and may treat as badly as it likes. Owned by the
/// command; gone with it.
final class Rig {
    let engine: Engine
    let socket: String
    /// The engine's server without Sluice.
    let directPlace: String
    private let folder: WorkFolder
    private let programs: Programs
    private let port: UInt16
    private var daemon: ChildProcess?
    private var backend: ChildProcess?
    /// What stands before a backend that is to be further away; gone with the rig.
    private var relay: ChildProcess?

    /// What a rig is made of.
    struct Programs {
        let daemon: String
        /// Flags of the daemon beside those that say where everything is.
        var daemonFlags: [String] = []
        /// Connections of the daemon's pool; nil for its own default.
        var connections: Int?
        /// How much longer each round trip to the engine's server takes, milliseconds.
        var engineDelay = 0.0
        /// The folder of the engines' servers; nil looks for what `scripts/test-servers` made.
        var servers: String?
    }

    /// How long a server may take until it listens, and a daemon to leave, seconds.
    private static let patience = 60

    /// Starts both and waits until they listen.
    init(_ engine: Engine, _ programs: Programs, in folder: WorkFolder) throws {
        self.engine = engine
        self.folder = folder
        self.programs = programs
        port = bench_free_port()
        socket = "\(folder.path)/sluiced.sock"
        guard port > 0 else { throw StressFailure(.serverNotThere, "127.0.0.1 has no free port") }
        var place = port
        while programs.engineDelay > 0, place == port { place = bench_free_port() }
        directPlace = engine.place(port: place, folder: folder.path)
        let configuration = Data(engine.configuration(port: place, connections: programs.connections).utf8)
        guard FileManager.default.createFile(atPath: "\(folder.path)/sluiced.json", contents: configuration) else {
            throw StressFailure(.cannotWrite, "\(folder.path)/sluiced.json cannot be written")
        }
        try startBackend()
        try waitForBackend()
        if place != port { try startRelay(at: place) }
        try startDaemon()
        try waitForDaemon()
    }

    deinit {
        backend?.send(SIGCONT)
        daemon?.send(SIGCONT)
        _ = daemon?.end(withinSeconds: Self.patience)
        backend?.send(SIGKILL)
    }

    private var daemonLog: String { "\(folder.path)/sluiced.log" }
    private var backendLog: String { "\(folder.path)/backend.log" }

    func startDaemon() throws {
        let arguments =
            ["--config", "\(folder.path)/sluiced.json", "--socket", socket, "--data", "\(folder.path)/sluiced-data"]
            + programs.daemonFlags
        daemon = try ChildProcess(program: programs.daemon, arguments, log: daemonLog)
    }

    func startBackend() throws {
        guard let program = engine.program else { return }
        guard let servers = try programs.servers ?? ProgramPath.above(".build-servers/bin"),
            let executable = ProgramPath.find("\(servers)/\(program)")
        else { throw StressFailure(.serverNotThere, "there is no \(program); scripts/test-servers installs it, --servers says where") }
        backend = try ChildProcess(
            program: executable, engine.arguments(port: port, folder: "\(folder.path)/backend"), log: backendLog)
    }

    private func startRelay(at place: UInt16) throws {
        let delay = "\(UInt64(programs.engineDelay * 1_000))"
        relay = try ChildProcess(subcommand: ["relay", "--port", "\(place)", "--server", "\(port)", "--delay-microseconds", delay])
        try wait(for: "the relay", log: backendLog) { bench_is_listening_on(place) }
    }

    /// - Throws: `StressFailure` when it had ended by itself before.
    func killDaemon() throws {
        let status = daemon?.end(signal: SIGKILL, withinSeconds: Self.patience)
        guard status == 128 + SIGKILL else { throw endedByItself(status) }
    }

    /// - Throws: `StressFailure` when the daemon, which should run, does not.
    func requireDaemon() throws {
        if let daemon, !daemon.isRunning { throw endedByItself(daemon.end(withinSeconds: 0)) }
    }

    private func endedByItself(_ status: Int32?) -> StressFailure {
        StressFailure(.serverFailed, "sluiced ended by itself, exit code \(status ?? 0)\(lastWords(daemonLog))")
    }

    func pauseDaemon() { daemon?.send(SIGSTOP) }
    func resumeDaemon() { daemon?.send(SIGCONT) }
    func pauseBackend() { backend?.send(SIGSTOP) }
    func resumeBackend() { backend?.send(SIGCONT) }

    func killBackend() {
        backend?.send(SIGKILL)
        _ = backend?.end(signal: SIGKILL, withinSeconds: Self.patience)
    }

    /// Ends the backend as a service manager would; how it leaves is its own affair.
    func endBackend() { _ = backend?.end(withinSeconds: Self.patience) }

    /// Ends the daemon as a service manager would: not before it was ready.
    /// - Throws: `StressFailure` when it does not leave with exit code 0.
    func endDaemon() throws {
        try waitForDaemon()
        let status = daemon?.end(withinSeconds: Self.patience) ?? 0
        guard status == 0 else { throw StressFailure(.serverFailed, "sluiced left with exit code \(status)\(lastWords(daemonLog))") }
    }

    /// Waits until daemon and backend listen again. The daemon may find its engine's server somewhat later.
    func waitUntilListening() throws {
        try waitForBackend()
        try waitForDaemon()
    }

    private func waitForDaemon() throws { try wait(for: "sluiced", log: daemonLog) { bench_is_listening(socket) } }

    private func waitForBackend() throws {
        if engine.program != nil { try wait(for: "the engine's server", log: backendLog) { bench_is_listening_on(port) } }
    }

    /// The daemon's own memory, bytes, and how many descriptors it has open; nil when it is gone.
    var daemonUsage: (anonymousBytes: Int, descriptors: Int)? {
        guard let daemon, let status = TextFile.contents("/proc/\(daemon.identifier)/status"),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("RssAnon:") }),
            let kibibytes = line.split(whereSeparator: { " \t".contains($0) }).dropFirst().first.flatMap({ Int($0) }),
            let descriptors = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(daemon.identifier)/fd").count
        else { return nil }
        return (kibibytes * 1024, descriptors)
    }

    private func wait(for what: String, log: String, until isReady: () -> Bool) throws {
        for _ in 0..<(Self.patience * 100) {
            try StressFailure.checkInterrupt()
            if isReady() { return }
            let process = what == "sluiced" ? daemon : what == "the relay" ? relay : backend
            guard process?.isRunning == true else { break }
            usleep(10_000)
        }
        throw StressFailure(.serverNotThere, "\(what) does not listen\(lastWords(log))")
    }

    private func lastWords(_ log: String) -> String {
        guard let text = TextFile.contents(log), !text.isEmpty else { return "" }
        return "; its last words:\n\(text.suffix(2000))"
    }
}
