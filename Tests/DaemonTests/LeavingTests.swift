import Foundation
import Glibc
import SluiceClient
import Synchronization
import SluiceTesting
import Testing

/// SIGTERM: what is in flight is answered, clients are told, and nobody holds the daemon for longer than `drainMilliseconds`.
@Suite struct LeavingTests {
    private func code(_ reply: ServerReply?) -> ErrorCode? {
        if case .failure(let error)? = reply?.result { error.code } else { nil }
    }

    private func isSuccess(_ reply: ServerReply?) -> Bool { if case .success? = reply?.result { true } else { false } }

    /// A client that has been greeted.
    private func greeted(_ daemon: DaemonProcess, _ features: [String] = ["parts", "goingAway"]) throws -> RawClient {
        let client = try RawClient(daemon.socket)
        client.send(RawClient.hello(features))
        guard case .welcome? = try client.frame() else { throw Failure("no welcome") }
        return client
    }

    /// Reads until the daemon says that it is leaving.
    private func isTold(_ client: RawClient) async throws -> Bool {
        try await blocking {
            guard case .goingAway? = try client.frame() else { return false }
            return true
        }
    }

    @Test func whatIsInFlightIsAnsweredAndTheClientsAreTold() async throws {
        try await HeldDatabase.scenario {
            let daemon = try await DaemonProcess.started()
            let observer = try await daemon.connected()
            _ = try await observer.defineRepository("things", ["name": "things"])
            let writer = try greeted(daemon)
            let lock = try await HeldDatabase(in: daemon.data)
            writer.request(7, .save, "things") { $0.object(try! Document(encoding: ["n": 1] as Record)) }
            try await lock.eventually("a write in flight") {
                guard case .list(let backends)? = try await observer.stats()["backends"] else { return false }
                return backends.first?["busy"]?.integer == 1
            }
            daemon.send(SIGTERM)
            let isTold = try await isTold(writer)
            writer.request(8, .count, "things")
            let late = try await blocking { try writer.reply() }
            let isRunning = daemon.pid != nil
            try await lock.release()
            #expect(isTold)
            #expect(late?.id == 8)
            #expect(code(late) == .shuttingDown)
            #expect(isRunning, "it waits for the write")
            let reply = try await blocking { try writer.reply() }
            #expect(reply?.id == 7)
            #expect(isSuccess(reply))
            #expect(try await blocking { try writer.frame() } == nil, "nothing is owed to it, so it is closed")
            #expect(try await daemon.end() == 0)
            try await daemon.start()
            #expect(try await observer.repository("things").count() == 1)
        }
    }

    @Test func whoeverCouldWriteIsAnsweredAndWhoeverWaitsInTheBacklogToo() async throws {
        let daemon = try await DaemonProcess.started()
        let greeted = try greeted(daemon)
        daemon.send(SIGSTOP)
        // More than are accepted in one round.
        let waiting = try (0..<200).map { _ in try RawClient(daemon.socket) }
        for client in waiting { #expect(client.send(RawClient.hello + RawClient.ping)) }
        let pings = (1...100).flatMap { RawClient.request($0, .ping) }
        #expect(greeted.send(pings))
        daemon.send(SIGTERM)
        daemon.send(SIGCONT)
        let answered = try await blocking {
            var ids: [Int64] = []
            while let reply = try greeted.reply() { ids.append(reply.id) }
            return ids
        }
        #expect(answered == Array(1...100))
        for client in waiting { #expect(try await blocking { try client.reply() } != nil) }
        #expect(try await daemon.end() == 0)
        #expect(!FileManager.default.fileExists(atPath: daemon.socket))
    }

    @Test func whoeverTakesNoNoticeLosesNothingEither() async throws {
        let daemon = try await DaemonProcess.started()
        let answers = Answers()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<16 {
                let client = try greeted(daemon)
                group.addTask {
                    try await blocking {
                        // Until it is shut out.
                        while client.request(1, .ping) {
                            guard try client.reply() != nil else { throw Failure("a request that was written whole was not answered") }
                            answers.count.add(1, ordering: .relaxed)
                        }
                    }
                }
            }
            try await eventually("answers") { answers.count.load(ordering: .relaxed) > 1000 }
            daemon.send(SIGTERM)
            try await group.waitForAll()
        }
        #expect(try await daemon.end() == 0)
    }

    private final class Answers: Sendable {
        let count = Atomic(0)
    }

    @Test func aClientThatDoesNotKnowGoingAwayIsJustClosed() async throws {
        let daemon = try await DaemonProcess.started()
        let old = try greeted(daemon, [])
        let new = try greeted(daemon, ["goingAway"])
        daemon.send(SIGTERM)
        #expect(try await isTold(new))
        #expect(try await blocking { try old.frame() } == nil)
        #expect(try await daemon.end() == 0)
    }

    /// A client with more bytes on the way to it than a socket takes, of which it will never read one.
    private func mute(_ daemon: DaemonProcess) async throws -> RawClient {
        let client = try await daemon.connected()
        let blobs = try await client.defineRepository("blobs", ["name": "blobs"])
        let blob = Value.binary([UInt8](repeating: 1, count: 1 << 20))
        for _ in 0..<4 { try await blobs.save(["blob": blob] as Record) }
        let mute = try greeted(daemon)
        mute.request(1, .getAll, "blobs")
        try await eventually("a result that waits for its reader") { mute.unread > 100_000 }
        return mute
    }

    @Test func aClientThatNeverReadsDoesNotHoldTheExitPastTheLimit() async throws {
        let daemon = try await DaemonProcess.started(limits: #"{"drainMilliseconds": 500}"#)
        let mute = try await mute(daemon)
        #expect(try await daemon.terminate() == 0)
        #expect(daemon.log.contains("left before all was answered"))
        #expect(mute.unread > 0)
    }

    @Test func aSecondSignalEndsAtOnce() async throws {
        let daemon = try await DaemonProcess.started(limits: #"{"drainMilliseconds": 3600000}"#)
        let mute = try await mute(daemon)
        let told = try greeted(daemon)
        daemon.send(SIGTERM)
        #expect(try await isTold(told))
        #expect(try await blocking { try told.frame() } == nil)
        #expect(daemon.pid != nil, "it waits for the mute client, for an hour if it has to")
        #expect(try await daemon.terminate() == 0)
        #expect(daemon.log.contains("left before all was answered"))
        #expect(mute.unread > 0)
    }
}
