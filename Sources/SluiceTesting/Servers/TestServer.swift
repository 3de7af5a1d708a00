import Glibc
import Synchronization

/// A real server as a child process on a free port of 127.0.0.1, with a folder of its own. It goes with its last reference, and does not
/// outlive the process that started it, however that ends.
public final class TestServer: Sendable {
    /// What runs.
    public let program: TestProgram
    /// Where it listens on 127.0.0.1; the same after a restart.
    public let port: UInt16
    private let folder: String
    private let keeper: pid_t
    private let greeting: [UInt8]
    /// The writing end of the keeper's standard input.
    private let lifeline: Int32

    /// Starts the server for each line it reads, which writes its own number before it becomes what it is; when there is nothing more to
    /// read, since whoever held the other end has ended, it ends the server, though it may not have a group of its own yet, and removes its
    /// folder.
    private static let keeping = """
        folder=$1 server=; shift
        while read -r _; do
            setsid sh -c 'echo $$ >"$0/pid.new" && mv "$0/pid.new" "$0/pid" && exec "$@"' "$folder" "$@" </dev/null >>"$folder/log" 2>&1 &
            server=$!
        done
        [ -z "$server" ] || kill -9 "$server" "-$server"
        wait
        rm -rf -- "$folder"
        """

    /// A server that answers. Blocks until it does.
    /// - Parameters:
    ///   - arguments: flags beside those that `TestProgram` gives.
    ///   - greeting: what it answers once it serves; nothing for a server of which it is enough that it listens.
    /// - Throws: `TestServerFailure`.
    public init(_ program: TestProgram, arguments: [String] = [], greeting: [UInt8]? = nil) throws {
        self.program = program
        self.greeting = greeting ?? program.greeting
        let bin = try Self.programs()
        var template = Array("/tmp/sluice-server-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw TestServerFailure("mkdtemp: \(String(cString: strerror(errno)))") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        port = try LoopbackSocket.freePort()
        let command = program.command(bin: bin, folder: folder, port: port) + arguments
        (keeper, lifeline) = try Self.spawn(["/bin/sh", "-c", Self.keeping, "sh", folder] + command, log: folder + "/log")
        try begin()
    }

    deinit {
        close(lifeline)
        waitpid(keeper, nil, 0)
    }

    /// One for all tests of this process, started with the first of them.
    /// - Throws: `TestServerFailure`, to each that asks.
    public static func shared(_ program: TestProgram) async throws -> TestServer {
        try await sharedServers.withLock { servers in
            if let server = servers[program] { return server }
            let server = Task { try await blocking { try TestServer(program) } }
            servers[program] = server
            return server
        }.value
    }

    private static let sharedServers = Mutex<[TestProgram: Task<TestServer, any Error>]>([:])

    /// Where it is, as `host:port`.
    public var address: String { "127.0.0.1:\(port)" }

    /// Its process.
    public var pid: pid_t? { TextFile.contents(folder + "/pid").flatMap { pid_t($0.prefix { $0.isNumber }) } }

    /// What it has written.
    public var log: String { TextFile.contents(folder + "/log") ?? "" }

    /// Sends a signal: SIGSTOP, until which has been obeyed it blocks, SIGCONT, SIGKILL.
    public func send(_ signal: Int32) { if let pid { RunningProcess(pid).send(signal) } }

    /// Waits until it has ended after a signal. Blocks.
    public func waitForEnd() throws {
        for _ in 0..<1_200 {
            if !LoopbackSocket.answers(port: port, to: []) { return }
            usleep(100_000)
        }
        throw TestServerFailure("\(program.rawValue) has not ended for two minutes")
    }

    /// Starts it again after it was killed. Blocks until it answers.
    public func start() throws {
        // What is about to end still has the port, and would be taken for the new one.
        try waitForEnd()
        try begin()
    }

    private func begin() throws {
        guard write(lifeline, "\n", 1) == 1 else { throw TestServerFailure("\(program.rawValue): its keeper has ended") }
        for _ in 0..<1_200 {
            if LoopbackSocket.answers(port: port, to: greeting) { return }
            usleep(100_000)
        }
        throw TestServerFailure("\(program.rawValue) has not answered for two minutes:\n\(log)")
    }

    /// The folder with the programs, Python and other drivers among them: `.build-servers/bin` beside the package's manifest.
    /// - Throws: `TestServerFailure` when it is not there.
    public static func programs() throws -> String {
        var root = #filePath
        while let slash = root.lastIndex(of: "/"), slash != root.startIndex {
            root = String(root[..<slash])
            if access(root + "/Package.swift", F_OK) == 0 { break }
        }
        let bin = root + "/.build-servers/bin"
        guard access(bin, X_OK) == 0 else { throw TestServerFailure("'\(bin)' is not there: run scripts/test-servers") }
        return bin
    }
}

extension TestServer {
    /// This process's environment, as `NAME=value`.
    private static var variables: [String] {
        var variables: [String] = []
        var entry = environ
        while let text = entry.pointee {
            variables.append(String(cString: text))
            entry += 1
        }
        return variables
    }

    /// A process in a session of its own, which a terminal's signals do not reach, and the end that writes to its standard input.
    fileprivate static func spawn(_ command: [String], log: String) throws -> (pid_t, Int32) {
        var ends: [Int32] = [-1, -1]
        // Not a pipe, which cannot be made closed to other children at once: one that inherited the end would keep the server alive.
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw TestServerFailure("socketpair: \(String(cString: strerror(errno)))")
        }
        defer { close(ends[0]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO)
        for stream in [STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_addopen(&actions, stream, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The thread that asks may block what the keeper waits for, SIGCHLD.
        var unblocked = sigset_t()
        sigemptyset(&unblocked)
        posix_spawnattr_setsigmask(&attributes, &unblocked)
        // 0x80 is POSIX_SPAWN_SETSID, which Swift does not import.
        posix_spawnattr_setflags(&attributes, 0x80 | Int16(POSIX_SPAWN_SETSIGMASK))
        var argv = command.map { strdup($0) } + [nil]
        // What a leak check preloads into the tests is not for their servers.
        var envp = variables.filter { !$0.hasPrefix("LD_PRELOAD=") }.map { strdup($0) } + [nil]
        defer { for text in argv + envp { free(text) } }
        var child = pid_t()
        let status = posix_spawn(&child, command[0], &actions, &attributes, &argv, &envp)
        guard status == 0 else {
            close(ends[1])
            throw TestServerFailure("\(command[0]): \(String(cString: strerror(status)))")
        }
        return (child, ends[1])
    }
}
