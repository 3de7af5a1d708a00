import Foundation
import Glibc
import SluiceTesting
import Synchronization

/// A process that a test has started, with what it writes in a file. The test that made it owns it; it does not outlive it.
final class ChildProcess: Sendable {
    /// How it ended.
    enum Ending: Sendable, Equatable {
        case exit(Int32)
        case signal(Int32)
    }

    private struct State {
        var running: pid_t?
        var ending: Ending?
    }

    private let output: String
    private let state: Mutex<State>

    /// Starts it. Its environment is this process's own, less what a service manager or a user may have set for a daemon.
    /// - Parameters:
    ///   - command: the program's path and its arguments.
    ///   - environment: variables beside those.
    ///   - output: the file to which standard output and error are appended.
    ///   - descriptors: what it gets beside that: its numbers, and this process's.
    init(
        _ command: [String], environment: [String: String] = [:], output: String, descriptors: KeyValuePairs<Int32, Int32> = [:]
    ) throws {
        self.output = output
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for stream in [STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_addopen(&actions, stream, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        }
        for (its, ours) in descriptors { posix_spawn_file_actions_adddup2(&actions, ours, its) }
        var variables = ProcessInfo.processInfo.environment.filter { name, _ in
            !["SLUICE_", "LISTEN_", "NOTIFY_"].contains { name.hasPrefix($0) }
        }
        variables.merge(environment) { $1 }
        var argv = command.map { strdup($0) } + [nil]
        var envp = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        var child = pid_t()
        let status = posix_spawnp(&child, command[0], &actions, nil, &argv, &envp)
        guard status == 0 else { throw Failure("\(command[0]): \(String(cString: strerror(status)))") }
        state = Mutex(State(running: child))
    }

    deinit { kill() }

    /// Its id; nil when it has ended.
    var pid: pid_t? {
        reap(WNOHANG)
        return state.withLock { $0.running }
    }

    /// How it ended; nil while it runs.
    var ending: Ending? {
        reap(WNOHANG)
        return state.withLock { $0.ending }
    }

    /// What it has written so far.
    var written: String { FileManager.default.contents(atPath: output).map { String(decoding: $0, as: UTF8.self) } ?? "" }

    /// Sends a signal, unless it has ended; with SIGSTOP it blocks until that has been obeyed.
    func send(_ signal: Int32) {
        // Within the lock: its number stays its own until it is reaped.
        state.withLock { state in if let pid = state.running { RunningProcess(pid).send(signal) } }
    }

    /// SIGKILL, and waits for its end.
    func kill() {
        send(SIGKILL)
        reap(0)
    }

    /// Waits for its end.
    /// - Throws: `Failure` when it does not come.
    @discardableResult
    func end() async throws -> Ending {
        try await eventually("the end of a process that has written:\n\(written)") { ending != nil }
        return ending!
    }

    private func reap(_ options: Int32) {
        state.withLock { state in
            var status: Int32 = 0
            guard let pid = state.running, waitpid(pid, &status, options) == pid else { return }
            state.running = nil
            state.ending = status & 0x7f == 0 ? .exit(status >> 8 & 0xff) : .signal(status & 0x7f)
        }
    }

    /// A program of this package: from the folder that holds the tests' own, unless `SLUICE_TEST_PROGRAMS` names another.
    static func product(_ name: String) throws -> String {
        if let folder = ProcessInfo.processInfo.environment["SLUICE_TEST_PROGRAMS"] { return folder + "/" + name }
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return program[...program.lastIndex(of: "/")!] + name
    }
}
