import Glibc
import SluiceTesting

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
        port = try LoopbackSocket.freePort()
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

    /// A signal to it: SIGSTOP, until which has been obeyed it blocks, SIGCONT.
    func send(_ signal: Int32) { RunningProcess(pid).send(signal) }

    private var isListening: Bool { LoopbackSocket.answers(port: port, to: []) }

    /// Without reaping it: its number stays its own until `deinit`.
    private var isRunning: Bool {
        var ended = siginfo_t()
        return waitid(P_PID, id_t(pid), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_signo == 0
    }
}
