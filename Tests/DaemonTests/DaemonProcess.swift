import Foundation
import Glibc
import SluiceClient
import SluiceTesting
import Synchronization

/// A `sluiced` of a test's own, as a process with a folder of its own for socket, data and log. The test that made it owns it; it does not
/// outlive it.
final class DaemonProcess: Sendable {
    /// Holds everything.
    let folder: TemporaryFolder
    /// The socket's path.
    var socket: String { folder + "/sluice.sock" }
    /// The state directory.
    var data: String { folder + "/data" }

    private let arguments: [String]
    private let environment: [String: String]
    private let running = Mutex<ChildProcess?>(nil)

    /// A daemon that listens.
    /// - Parameters:
    ///   - arguments: flags beside `--socket` and `--data`.
    ///   - environment: variables beside this process's own.
    /// - Throws: `Failure` when it does not listen within two minutes, with what it wrote.
    static func started(_ arguments: [String] = [], environment: [String: String] = [:]) async throws -> DaemonProcess {
        let daemon = DaemonProcess(TemporaryFolder(), arguments, environment)
        try await daemon.start()
        return daemon
    }

    /// A daemon that listens, with limits of its own.
    /// - Parameter limits: JSON, as in the configuration's `sluice.limits`.
    static func started(limits: String) async throws -> DaemonProcess {
        try await started(configuration: #"{"sluice": {"limits": \#(limits)}}"#)
    }

    /// A daemon that listens, with a configuration of its own.
    /// - Parameter configuration: the file's JSON.
    static func started(configuration: String) async throws -> DaemonProcess {
        let folder = TemporaryFolder()
        let file = try folder.write(configuration, to: "service.json")
        let daemon = DaemonProcess(folder, ["--config", file], [:])
        try await daemon.start()
        return daemon
    }

    private init(_ folder: TemporaryFolder, _ arguments: [String], _ environment: [String: String]) {
        self.folder = folder
        self.arguments = arguments
        self.environment = environment
    }

    deinit { kill() }

    /// The process's id; nil when it is not running.
    var pid: pid_t? { running.withLock { $0 }?.pid }

    /// Memory that is the process's own (`RssAnon` of proc(5)), bytes; nil when it is not running.
    var ownMemory: Int? {
        guard let pid, let status = FileManager.default.contents(atPath: "/proc/\(pid)/status") else { return nil }
        let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
        return line?.split(separator: " ").compactMap { Int($0) }.first.map { $0 << 10 }
    }

    /// What it has written to its log so far.
    var log: String { running.withLock { $0 }?.written ?? "" }

    /// Starts it and waits until it listens.
    func start() async throws {
        guard pid == nil else { throw Failure("it is running already") }
        let command = [try ChildProcess.product("sluiced"), "--socket", socket, "--data", data] + arguments
        let process = try ChildProcess(command, environment: environment, output: folder + "/log")
        running.withLock { $0 = process }
        try await eventually("a daemon that listens; it has written:\n\(log)") {
            if let ending = process.ending { throw Failure("sluiced ended at once (\(ending)):\n\(log)") }
            return (try? RawClient(socket)) != nil
        }
    }

    /// A client that is connected; the daemon has longer to answer than a loaded machine takes.
    func connected(options: ClientOptions = ClientOptions()) async throws(SluiceError) -> SluiceClient {
        try await SluiceClient.connect(path: socket, timeout: .seconds(60), options: options)
    }

    /// Sends a signal.
    func send(_ signal: Int32) { running.withLock { $0 }?.send(signal) }

    /// Waits for its end.
    /// - Returns: the exit status; nil when a signal ended it, or had to, or it was not running.
    func end() async throws -> Int32? {
        guard case .exit(let status)? = try await running.withLock({ $0 })?.end() else { return nil }
        return status
    }

    /// SIGKILL, and waits for its end.
    func kill() { running.withLock { $0 }?.kill() }

    /// SIGTERM, and waits for its end.
    /// - Returns: the exit status; nil when a signal ended it.
    @discardableResult
    func terminate() async throws -> Int32? {
        send(SIGTERM)
        return try await end()
    }

    /// SIGTERM, end, and a new process on the same folder.
    func restart() async throws {
        try await terminate()
        try await start()
    }
}
