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
    private func count(_ limit: String, _ daemon: DaemonProcess) async throws -> Int64? {
        let stats = try await SluiceClient.connect(path: daemon.socket).stats()
        return stats["limitsReached"]?[limit]?.integer
    }

    private func fault(_ client: RawClient) async throws -> SluiceError? {
        try await blocking {
            while let frame = try client.frame() { if case .fault(let error) = frame { return error } }
            return nil
        }
    }

    @Test func silenceBeforeTheHelloAndWithinAFrame() async throws {
        let daemon = try await started(#"{"handshakeMilliseconds": 100, "frameMilliseconds": 100}"#)
        let silent = try RawClient(daemon.socket)
        let half = try RawClient(daemon.socket)
        half.send(RawClient.hello + [0, 0, 1, 0, 0x83])
        for (client, limit) in [(silent, "handshakeMilliseconds"), (half, "frameMilliseconds")] {
            let error = try #require(try await fault(client))
            #expect(error.code == .deadlineExceeded)
            #expect(error.limit == limit)
            #expect(try await count(limit, daemon) == 1)
        }
    }

    @Test func oneConnectionTooMany() async throws {
        let daemon = try await started(#"{"maxConnections": 2}"#)
        let clients = try (0..<3).map { _ in try RawClient(daemon.socket) }
        for client in clients[..<2] {
            client.send(RawClient.hello + RawClient.ping)
            _ = try await blocking { try client.receive() }
        }
        let error = try #require(try await fault(clients[2]))
        #expect(error.code == .overloaded)
        #expect(error.limit == "maxConnections")
    }

    @Test func moreInFlightThanAllowedIsReadLaterAndCounted() async throws {
        let daemon = try await started(#"{"maxInFlight": 1}"#)
        let client = try RawClient(daemon.socket)
        client.send(RawClient.hello)
        for id in 1...40 as ClosedRange<Int64> { client.request(id, .define, "users") { $0.definition(.map(["name": "users"])) } }
        let replies = try await blocking { try (0..<40).map { _ in try client.reply()?.id } }
        #expect(Set(replies.compactMap { $0 }) == Set(1...40))
        #expect(try await count("maxInFlight", daemon) ?? 0 > 0)
    }
}
