import Glibc
import SluiceTesting

/// A `listener-holder` process: it keeps a listening socket and starts `sluiced` with it as often as that has ended. The test that made it
/// owns it.
final class ListenerHolder: Sendable {
    /// Holds everything.
    let folder: TemporaryFolder
    /// The socket's path.
    var socket: String { folder + "/sluice.sock" }

    private let process: ChildProcess
    /// The other end of the holder's standard input: with it goes the holder.
    private let input: UnixSocket

    init() throws {
        folder = TemporaryFolder()
        let (ours, its) = try UnixSocket.pair()
        input = ours
        let daemon = [try ChildProcess.product("sluiced"), "--data", folder + "/data", "--socket", folder + "/not-here"]
        process = try ChildProcess(
            [try ChildProcess.product("listener-holder"), folder + "/sluice.sock"] + daemon, output: folder + "/log",
            descriptors: [STDIN_FILENO: its.descriptor])
    }

    /// The daemons that it has started so far.
    var started: [pid_t] { events("started") }

    /// How they ended: exit codes, and signals below zero.
    var ended: [Int32] { events("ended") }

    /// What it and the daemons have written.
    var log: String { process.written }

    private func events(_ name: String) -> [Int32] {
        // The last line may be half written.
        log.split(separator: "\n", omittingEmptySubsequences: false).dropLast().compactMap { line in
            line.hasPrefix(name + " ") ? Int32(line.dropFirst(name.count + 1)) : nil
        }
    }

    /// Ends the running daemon by a signal, and waits for the next one.
    func restart(_ signal: Int32) async throws {
        let count = started.count
        guard let daemon = started.last else { throw Failure("no daemon was ever started:\n\(log)") }
        _ = kill(daemon, signal)
        try await eventually("another daemon; the log:\n\(log)") {
            if let ending = process.ending { throw Failure("the holder has ended (\(ending)):\n\(log)") }
            return started.count > count
        }
    }

    /// Ends the daemon and the holder.
    func finish() async throws -> ChildProcess.Ending {
        shutdown(input.descriptor, Int32(SHUT_RDWR))
        return try await process.end()
    }
}
