import Foundation
import Glibc
import Synchronization

/// A `sluiced` of a test's own, as a process with a folder of its own for socket, data and log. The test that made it owns it; it does not outlive it.
final class DaemonProcess: Sendable {
    /// Holds everything; removed with the last reference.
    let folder: String
    /// The socket's path.
    var socket: String { folder + "/sluice.sock" }
    /// The state directory.
    var data: String { folder + "/data" }

    private let arguments: [String]
    private let environment: [String: String]
    private let running = Mutex<pid_t?>(nil)

    /// A daemon that listens.
    /// - Parameters:
    ///   - arguments: flags beside `--socket` and `--data`.
    ///   - environment: variables beside this process's own.
    /// - Throws: `Failure` when it does not listen within ten seconds, with what it wrote.
    static func started(_ arguments: [String] = [], environment: [String: String] = [:]) async throws -> DaemonProcess {
        let daemon = try DaemonProcess(arguments, environment)
        try await daemon.start()
        return daemon
    }

    /// What went wrong, for people.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private init(_ arguments: [String], _ environment: [String: String]) throws {
        self.arguments = arguments
        self.environment = environment
        var template = Array("/tmp/sluice-test-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw Failure(description: "mkdtemp: \(String(cString: strerror(errno)))") }
        folder = String(cString: made)
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The process's id; nil when it is not running.
    var pid: pid_t? { running.withLock { $0 } }

    /// What it has written to its log so far.
    var log: String { FileManager.default.contents(atPath: folder + "/log").map { String(decoding: $0, as: UTF8.self) } ?? "" }

    /// Starts it and waits until it listens.
    func start() async throws {
        try spawn()
        for _ in 0..<1000 {
            if isListening { return }
            if reap(WNOHANG) != nil { throw Failure(description: "sluiced ended at once:\n\(log)") }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Failure(description: "sluiced does not listen after ten seconds:\n\(log)")
    }

    /// SIGKILL, and waits for its end.
    func kill() {
        guard let pid else { return }
        _ = Glibc.kill(pid, SIGKILL)
        _ = reap(0)
    }

    /// SIGTERM, and waits for its end: half a minute, several times what the daemon allows itself.
    /// - Returns: the exit status; nil when a signal ended it, or had to.
    @discardableResult
    func terminate() async throws -> Int32? {
        guard let pid else { return nil }
        _ = Glibc.kill(pid, SIGTERM)
        for _ in 0..<3000 {
            if let status = reap(WNOHANG) { return status & 0x7f == 0 ? status >> 8 & 0xff : nil }
            try await Task.sleep(for: .milliseconds(10))
        }
        kill()
        return nil
    }

    /// SIGTERM, end, and a new process on the same folder.
    func restart() async throws {
        try await terminate()
        try await start()
    }

    /// - Returns: the status of waitpid(2); nil when it still runs, or never did.
    private func reap(_ options: Int32) -> Int32? {
        running.withLock { pid in
            var status: Int32 = 0
            guard let running = pid, waitpid(running, &status, options) == running else { return nil }
            pid = nil
            return status
        }
    }

    private var isListening: Bool {
        let descriptor = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: socket.utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
    }

    private func spawn() throws {
        guard pid == nil else { throw Failure(description: "it is running already") }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for output in [STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_addopen(&actions, output, folder + "/log", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        }
        let binary = try Self.productsFolder() + "/sluiced"
        var argv = ([binary, "--socket", socket, "--data", data] + arguments).map { strdup($0) } + [nil]
        var variables = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("SLUICE_") }
        variables.merge(environment) { $1 }
        var envp = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        var child = pid_t()
        let status = posix_spawn(&child, binary, &actions, nil, &argv, &envp)
        guard status == 0 else { throw Failure(description: "\(binary): \(String(cString: strerror(status)))") }
        running.withLock { $0 = child }
    }

    /// The daemon is built into the folder that holds the tests' own program.
    private static func productsFolder() throws -> String {
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return String(program[..<program.lastIndex(of: "/")!])
    }
}
