import Glibc
import SluiceClient
import SluiceTesting
import Testing

/// Who is served when more waits than can go at once. The order in which creates ran is read from the ids that the engine gave them: one
/// connection writes, and counts.
@Suite(.serialized) struct FairnessTests {
    private static let waiting = 1_000
    private static let limits = #"{"maxInFlight": 2000, "maxBatchRequests": 8}"#

    /// A hello and creates, each without an id.
    private func creates(_ count: Int, in repository: String) throws -> [UInt8] {
        let object = try Document(encoding: ["filler": "x"] as Record)
        return RawClient.hello + (1...count).flatMap { id in RawClient.request(Int64(id), .save, repository) { $0.object(object) } }
    }

    /// A client that has sent its creates.
    private func client(of daemon: DaemonProcess, creates count: Int, in repository: String) throws -> RawClient {
        try client(of: daemon, sending: try creates(count, in: repository))
    }

    private func client(of daemon: DaemonProcess, sending bytes: [UInt8]) throws -> RawClient {
        let client = try RawClient(daemon.socket)
        guard client.send(bytes) else { throw Failure("the daemon takes no requests") }
        return client
    }

    /// The count in the id of each record that was created: the last three bytes of an ObjectId.
    private func counters(_ client: RawClient, _ count: Int) async throws -> [UInt32] {
        try await blocking {
            try (0..<count).compactMap { _ in
                guard case .success(let bytes)? = try client.reply()?.result else { return nil }
                guard case .scalar(.string(let id)) = Document(trusted: bytes)[name: "id"] else { throw Failure("a record without an id") }
                return UInt32(String(decoding: id.suffix(6), as: UTF8.self), radix: 16)
            }
        }
    }

    private func waits(_ count: Int, in repository: String, _ observer: SluiceClient, while held: HeldDatabase) async throws {
        try await held.eventually("\(count) requests in the queue of \(repository)") {
            try await observer.stats()["queued"]?[repository]?.integer ?? 0 >= count
        }
    }

    /// How many creates of a client with a thousand that wait ran before the single one of another.
    private func predecessors(_ greedyRepository: String, _ modestRepository: String) async throws -> Int {
        try await HeldDatabase.scenario { try await attempt(greedyRepository, modestRepository) }
    }

    private func attempt(_ greedyRepository: String, _ modestRepository: String) async throws -> Int {
        let daemon = try await DaemonProcess.started(limits: Self.limits)
        let observer = try await daemon.connected()
        for name in Set([greedyRepository, modestRepository]) { _ = try await observer.defineRepository(name, ["name": .string(name)]) }
        let many = try creates(Self.waiting, in: greedyRepository)
        let held = try await HeldDatabase(in: daemon.data)
        let greedy = try client(of: daemon, sending: many)
        // What is not in the queue is the batch that a worker has.
        try await waits(Self.waiting - 8, in: greedyRepository, observer, while: held)
        let modest = try client(of: daemon, creates: 1, in: modestRepository)
        try await waits(greedyRepository == modestRepository ? Self.waiting - 7 : 1, in: modestRepository, observer, while: held)
        try await held.release()
        let its = try #require(try await counters(modest, 1).first)
        // The counter has 24 bits and starts anywhere.
        let others = try await counters(greedy, Self.waiting)
        #expect(others.count == Self.waiting)
        return others.count { (its &- $0) & 0xff_ffff < 1 << 23 }
    }

    @Test func aClientWithAThousandWaitingDoesNotDelayOneWithASingleRequest() async throws {
        // The batch that was under way, and one turn.
        #expect(try await predecessors("things", "things") <= 9)
    }

    @Test func aRepositoryWithAThousandWaitingDoesNotDelayOneWithASingleRequest() async throws {
        #expect(try await predecessors("things", "others") <= 8)
    }

    @Test func whatWaitsForAClientThatHasGoneIsDroppedAndItsNeighboursAreAnswered() async throws {
        try await HeldDatabase.scenario {
            let daemon = try await DaemonProcess.started(limits: Self.limits)
            let observer = try await daemon.connected()
            let things = try await observer.defineRepository("things", ["name": "things"])
            let held = try await HeldDatabase(in: daemon.data)
            let first = try client(of: daemon, creates: 1, in: "things")
            try await held.eventually("a write in flight") {
                guard case .list(let backends)? = try await observer.stats()["backends"] else { return false }
                return backends.first?["busy"]?.integer == 1
            }
            var gone: RawClient? = try client(of: daemon, creates: 4, in: "things")
            try await waits(4, in: "things", observer, while: held)
            let neighbour = try client(of: daemon, creates: 3, in: "things")
            try await waits(7, in: "things", observer, while: held)
            withExtendedLifetime(gone) {}
            gone = nil
            try await held.eventually("the gone client's requests dropped") { try await observer.stats()["queued"]?["things"] == 3 }
            try await held.release()
            #expect(try await counters(neighbour, 3).count == 3)
            #expect(try await counters(first, 1).count == 1)
            #expect(try await things.count() == 4)
        }
    }

    @Test(arguments: [true, false]) func everyRequestIsABatchOfItsOwnWithoutBatching(_ byFlag: Bool) async throws {
        let daemon =
            byFlag
            ? try await DaemonProcess.started(["--no-batching"])
            : try await DaemonProcess.started(configuration: #"{"sluice": {"batching": false}}"#)
        let observer = try await daemon.connected()
        _ = try await observer.defineRepository("things", ["name": "things"])
        let writer = try client(of: daemon, creates: 100, in: "things")
        #expect(try await counters(writer, 100).count == 100)
        let stats = try await observer.stats()
        #expect(stats["batching"] == false)
        #expect(stats["batches"]?["writes"] == ["count": 100, "requests": 100, "largest": 1])
    }
}
