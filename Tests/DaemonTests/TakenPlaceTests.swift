import Foundation
import Glibc
import SluiceClient
import SluiceTesting
import Testing

/// One daemon for each socket and each state directory; what a dead one left is no hindrance.
@Suite struct TakenPlaceTests {
    /// Starts a daemon that must refuse to run.
    /// - Returns: how it ended, and what it said.
    private func refused(socket: String, data: String) async throws -> (ChildProcess.Ending, String) {
        let folder = TemporaryFolder()
        let process = try ChildProcess(
            [try ChildProcess.product("sluiced"), "--socket", socket, "--data", data], output: folder + "/log")
        return (try await process.end(), process.written)
    }

    @Test func aStaleSocketIsReplaced() async throws {
        let daemon = try await DaemonProcess.started()
        daemon.kill()
        #expect(FileManager.default.fileExists(atPath: daemon.socket), "nothing is stale here")
        try await daemon.start()
        try await daemon.connected().ping()
        #expect(try await daemon.terminate() == 0)
    }

    @Test func aLiveSocketIsNot() async throws {
        let daemon = try await DaemonProcess.started()
        let client = try await daemon.connected()
        let pid = try #require(daemon.pid)
        let (ending, said) = try await refused(socket: daemon.socket, data: daemon.folder + "/other")
        #expect(ending == .exit(EX_UNAVAILABLE))
        #expect(said.contains("already running, pid \(pid): a daemon listens on \(daemon.socket)"), "\(said)")
        try await client.ping()
        try await daemon.connected().ping()
    }

    @Test func twoDaemonsDoNotShareAStateDirectory() async throws {
        let daemon = try await DaemonProcess.started()
        let pid = try #require(daemon.pid)
        let (ending, said) = try await refused(socket: daemon.folder + "/other.sock", data: daemon.data)
        #expect(ending == .exit(EX_UNAVAILABLE))
        #expect(said.contains("already running, pid \(pid): a daemon uses the state directory \(daemon.data)"), "\(said)")
        #expect(!FileManager.default.fileExists(atPath: daemon.folder + "/other.sock"))
        // A lock dies with its process.
        daemon.kill()
        try await daemon.start()
    }

    /// The next process with the number would complain of it.
    @Test func aKilledOneLeavesNothingInSharedMemory() async throws {
        let backend = #"{"dbName": "mongodb", "dbInfo": {"host": "127.0.0.1:1", "database": "nobody"}}"#
        let daemon = try await DaemonProcess.started(configuration: #"{"backends": {"main": \#(backend)}, "default": "main"}"#)
        let pid = try #require(daemon.pid)
        daemon.kill()
        #expect(try FileManager.default.contentsOfDirectory(atPath: "/dev/shm").filter { $0.hasSuffix("-\(pid)") } == [])
    }

    @Test func whatIsNoSocketIsLeftAlone() async throws {
        let folder = TemporaryFolder()
        let file = try folder.write("precious", to: "sluice.sock")
        let (ending, said) = try await refused(socket: file, data: folder + "/data")
        #expect(ending == .exit(EX_OSERR))
        #expect(said.contains(file), "\(said)")
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "precious")
    }
}
