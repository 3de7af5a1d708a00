import SluiceClient
import SluiceProtocol
import SluiceTesting
import Testing

/// Bounds that clients meet: a typed fault that names the bound, and a count of it in `stats`.
@Suite(.serialized) struct LimitTests {
    private func started(_ limits: String) async throws -> DaemonProcess {
        let folder = TemporaryFolder()
        let file = try folder.write(#"{"sluice": {"limits": \#(limits)}}"#, to: "config.json")
        return try await DaemonProcess.started(["--config", file])
    }

    /// How often a bound was met, as the daemon says.
    private func count(_ limit: String, _ observer: SluiceClient) async throws -> Int64? {
        try await observer.stats()["limitsReached"]?[limit]?.integer
    }

    private func fault(_ client: RawClient) async throws -> SluiceError? {
        try await blocking {
            while let frame = try client.frame() { if case .fault(let error) = frame { return error } }
            return nil
        }
    }

    @Test func silenceBeforeTheHelloAndWithinAFrame() async throws {
        for (bytes, limit) in [([], "handshakeMilliseconds"), (RawClient.hello + [0, 0, 1, 0, 0x83], "frameMilliseconds")] {
            // Long enough for whoever means it well.
            let daemon = try await started(#"{"\#(limit)": 2000}"#)
            let observer = try await daemon.connected()
            let before = try await count(limit, observer) ?? 0
            let client = try RawClient(daemon.socket)
            client.send(bytes)
            let error = try #require(try await fault(client))
            #expect(error.code == .deadlineExceeded)
            #expect(error.limit == limit)
            #expect(try await count(limit, observer) == before + 1)
        }
    }

    @Test func incompleteInputOfAllTogether() async throws {
        let daemon = try await started(#"{"maxBufferedInputBytes": 1048576}"#)
        let observer = try await daemon.connected()
        // More than one read brings, so that it is kept until it is whole; then it is no request.
        let junk = RawClient.frame(Array(repeating: 0xc1, count: 600_000))
        for _ in 0..<4 {
            let client = try RawClient(daemon.socket)
            client.send(RawClient.hello + junk)
            #expect(try #require(try await fault(client)).limit == nil)
        }
        // Whoever is gone counts no more, and no less.
        let clients = try (0..<2).map { _ in try RawClient(daemon.socket) }
        for client in clients {
            client.send(RawClient.hello)
            _ = try await blocking { try client.receive() }
        }
        for client in clients { client.send(junk.dropLast()) }
        try await eventually("one who is told") { clients.contains { $0.unread > 0 } }
        let one = try #require(clients.first { $0.unread > 0 })
        let told = try #require(try await fault(one))
        #expect(told.code == .overloaded && told.limit == "maxBufferedInputBytes", "\(told)")
        #expect(try await count("maxBufferedInputBytes", observer) == 1)
    }

    @Test func oneConnectionTooMany() async throws {
        let daemon = try await started(#"{"maxConnections": 2}"#)
        var clients: [RawClient] = []
        // Whoever saw the daemon come up may not have left yet.
        try await eventually("two clients that are let in") {
            let client = try RawClient(daemon.socket)
            client.send(RawClient.hello + RawClient.ping)
            if try await blocking({ try client.reply() }) != nil { clients.append(client) }
            return clients.count == 2
        }
        let third = try RawClient(daemon.socket)
        let error = try #require(try await fault(third))
        #expect(error.code == .overloaded)
        #expect(error.limit == "maxConnections")
        withExtendedLifetime(clients) {}
    }

    @Test func moreInFlightThanAllowedIsReadLaterAndCounted() async throws {
        let daemon = try await started(#"{"maxInFlight": 1}"#)
        let client = try RawClient(daemon.socket)
        // In one write, so that the second is read before the first can have been answered, and none depends on how fast this test sends.
        let definitions = (1...40 as ClosedRange<Int64>).flatMap { id in
            RawClient.request(id, .define, "users") { $0.definition(.map(["name": "users"])) }
        }
        client.send(RawClient.hello + definitions)
        let replies = try await blocking { try (0..<40).map { _ in try client.reply()?.id } }
        #expect(Set(replies.compactMap { $0 }) == Set(1...40))
        #expect(try await count("maxInFlight", daemon.connected()) ?? 0 > 0)
    }
}
