import Foundation
import Glibc

/// A server program, started for one test on a free port of 127.0.0.1 and killed with its last reference.
final class ServerProcess: Sendable {
    let port: UInt16
    private let pid: pid_t

    /// Starts it and waits until it listens. One that ends instead has met somebody else at its port, and another port is tried.
    /// - Parameter command: the program's path and its arguments, made with the port.
    static func started(_ command: (UInt16) -> [String]) async throws -> ServerProcess {
        for _ in 0..<5 {
            let server = try ServerProcess(command)
            let end = ContinuousClock.now + .seconds(120)
            while !server.isListening, server.isRunning {
                guard ContinuousClock.now < end else { throw Unexpected("a server that does not listen after two minutes") }
                try await Task.sleep(for: .milliseconds(10))
            }
            if server.isRunning { return server }
        }
        throw Unexpected("a server that ends as soon as it starts")
    }

    private init(_ command: (UInt16) -> [String]) throws {
        port = try Self.freePort()
        let command = command(port)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for stream in [STDOUT_FILENO, STDERR_FILENO] { posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_WRONLY, 0) }
        var argv = command.map { strdup($0) } + [nil]
        defer { for text in argv { free(text) } }
        var child = pid_t()
        let status = posix_spawnp(&child, command[0], &actions, nil, &argv, environ)
        guard status == 0 else {
            throw Unexpected("\(command[0]) does not start (\(String(cString: strerror(status)))): has scripts/test-servers been run?")
        }
        pid = child
    }

    deinit {
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
    }

    var url: String { "http://127.0.0.1:\(port)" }

    /// A signal to it: SIGSTOP, SIGCONT.
    func send(_ signal: Int32) { kill(pid, signal) }

    private var isListening: Bool { (try? Self.withSocket(port) { connect($0, $1, $2) == 0 }) == true }

    /// Without reaping it: its number stays its own until `deinit`.
    private var isRunning: Bool {
        var ended = siginfo_t()
        return waitid(P_PID, id_t(pid), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_signo == 0
    }

    /// A port that nobody has now, of those that the system does not give out by itself: between here and the server's start it could
    /// become anybody's.
    private static func freePort() throws -> UInt16 {
        for _ in 0..<100 {
            let port = UInt16.random(in: 15_000..<32_000)
            if try withSocket(port, { bind($0, $1, $2) == 0 }) { return port }
        }
        throw Unexpected("a system without a free port")
    }

    private static func withSocket<Result>(
        _ port: UInt16, _ body: (Int32, UnsafeMutablePointer<sockaddr>, socklen_t) throws -> Result
    ) throws -> Result {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return try withUnsafeMutablePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                try body(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
