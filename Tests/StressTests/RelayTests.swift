import Foundation
import SluiceTesting
import Testing

/// What stands before an engine that is far away: it delays what is sent to the server, and nothing else.
@Suite(.serialized) struct RelayTests {
    private static func request(_ path: String, bodyBytes: Int = 0) -> [UInt8] {
        Array("POST \(path) HTTP/1.1\r\ncontent-length: \(bodyBytes)\r\n\r\n".utf8)
    }

    private static func client(of relay: LiveRelay) throws -> StreamSocket {
        let client = try StreamSocket.connected(port: relay.port)
        client.limitWaiting(seconds: 60)
        return client
    }

    /// A server that does not read from one connection: the relay takes only so much for it, passes all of it on in the end, and serves the
    /// others meanwhile, each request as much later as it says.
    @Test func aSideThatDoesNotReadStopsNobodyElse() async throws {
        let body = [UInt8](repeating: UInt8(ascii: "x"), count: 60 << 20)
        let gate = DispatchSemaphore(value: 0)
        let server = try LoopbackServer { request in
            if request.path == "/wait" { gate.wait() }
            return .text("<\(request.body.count)>")
        }
        let relay = try await LiveRelay(before: server.port, milliseconds: 30)
        let stalled = try Self.client(of: relay)
        #expect(stalled.write(Self.request("/wait") + Self.request("/big", bodyBytes: body.count)))
        var taken = 0
        for _ in 0..<20 {
            while case let more = stalled.offer(body[taken...].prefix(65_536)), more > 0 { taken += more }
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(taken < body.count, "the relay takes whatever comes")
        let clock = ContinuousClock()
        let other = try Self.client(of: relay)
        let elapsed = clock.measure {
            #expect(other.write(Self.request("/now")))
            #expect(other.read(upTo: ">").contains("<0>"))
        }
        #expect(elapsed >= .milliseconds(30))
        gate.signal()
        #expect(stalled.write(Array(body[taken...])))
        #expect(stalled.read(upTo: ">").contains("<0>"))
        #expect(stalled.read(upTo: ">").contains("<\(body.count)>"))
    }

    /// Whoever comes when no descriptor is left waits until somebody goes.
    @Test func whoFindsNoDescriptorWaits() async throws {
        let server = try LoopbackServer { _ in .text("<well>") }
        let relay = try await LiveRelay(before: server.port, milliseconds: 1, descriptors: 24)
        var clients = try (0..<40).map { _ in try Self.client(of: relay) }
        for client in clients { #expect(client.write(Self.request("/"))) }
        while !clients.isEmpty {
            let client = clients.removeFirst()
            #expect(client.read(upTo: ">").contains("<well>"), "\(clients.count) still wait")
        }
        #expect(server.connections >= 40)
    }
}
