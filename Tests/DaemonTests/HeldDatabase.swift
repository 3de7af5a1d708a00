import Foundation
import Glibc
import SluiceTesting

/// A `sqlite3` shell that holds the write lock of a daemon's database, so that its writes are in flight for as long as a test likes (up to
/// the five seconds that the daemon waits for another process). Let go with its last reference.
final class HeldDatabase: Sendable {
    private let folder: TemporaryFolder
    private let process: ChildProcess
    private let input: UnixSocket
    private let begun: ContinuousClock.Instant

    /// A scenario took so long that the daemon may have given its writes up.
    private struct HeldTooLong: Error {}

    /// A second less than the daemon waits.
    private static let longest = Duration.seconds(4)

    /// Runs a scenario in which the lock is held, and from its beginning again when `eventually` or `release` found that this took too
    /// long: the machine may do much else. Nothing is to be expected of the daemon before `release` has come back.
    /// - Throws: `Failure` when it took too long twenty times.
    static func scenario<Outcome>(_ body: () async throws -> Outcome) async throws -> Outcome {
        for _ in 0..<20 { do { return try await body() } catch is HeldTooLong {} }
        throw Failure("a scenario did not come to its end within \(longest) in twenty attempts")
    }

    /// - Parameter data: the daemon's state directory.
    /// - Throws: `Failure` when the lock cannot be had.
    init(in data: String) async throws {
        folder = TemporaryFolder()
        let (ours, its) = try UnixSocket.pair()
        input = ours
        let process = try ChildProcess(
            ["sqlite3", "-batch", data + "/sluice.db"], output: folder + "/output", descriptors: [STDIN_FILENO: its.descriptor])
        let commands = Array(".timeout 60000\nBEGIN IMMEDIATE;\nSELECT 'held';\n".utf8)
        guard write(input.descriptor, commands, commands.count) == commands.count else { throw Failure("sqlite3 takes no input") }
        try await DaemonTests.eventually("a lock; sqlite3 says: \(process.written)") {
            if let ending = process.ending { throw Failure("sqlite3 has ended (\(ending)): \(process.written)") }
            return process.written.contains("held")
        }
        self.process = process
        begun = .now
    }

    /// Waits until something holds, for as long as the daemon's writes certainly wait.
    func eventually(_ what: String, _ holds: () async throws -> Bool) async throws {
        try await DaemonTests.eventually(what) {
            guard ContinuousClock.now - begun < Self.longest else { throw HeldTooLong() }
            return try await holds()
        }
    }

    /// Rolls back and ends.
    func release() async throws {
        shutdown(input.descriptor, Int32(SHUT_RDWR))
        try await process.end()
        guard ContinuousClock.now - begun < Self.longest else { throw HeldTooLong() }
    }
}
