import Foundation
import Glibc
import SluiceTesting

/// A `sqlite3` shell that holds the write lock of a daemon's database, so that its writes are in flight for as long as a test likes (up to
/// the five seconds that the daemon waits for another process). Let go with its last reference.
final class HeldDatabase: Sendable {
    private let folder: TemporaryFolder
    private let process: ChildProcess
    private let input: UnixSocket

    /// - Parameter data: the daemon's state directory.
    /// - Throws: `Failure` when the lock cannot be had.
    init(in data: String) async throws {
        folder = TemporaryFolder()
        let (ours, its) = try UnixSocket.pair()
        input = ours
        process = try ChildProcess(
            ["sqlite3", "-batch", data + "/sluice.db"], output: folder + "/output", descriptors: [STDIN_FILENO: its.descriptor])
        let commands = Array(".timeout 60000\nBEGIN IMMEDIATE;\nSELECT 'held';\n".utf8)
        guard write(input.descriptor, commands, commands.count) == commands.count else { throw Failure("sqlite3 takes no input") }
        try await eventually("a lock; sqlite3 says: \(process.written)") {
            if let ending = process.ending { throw Failure("sqlite3 has ended (\(ending)): \(process.written)") }
            return process.written.contains("held")
        }
    }

    /// Rolls back and ends.
    func release() async throws {
        shutdown(input.descriptor, Int32(SHUT_RDWR))
        try await process.end()
    }
}
