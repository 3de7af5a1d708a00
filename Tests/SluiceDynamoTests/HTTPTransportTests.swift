import SluiceBackend
import SluiceTesting
import Synchronization
import Testing

@testable import SluiceDynamo

/// libcurl as Sluice uses it, against a server of the tests' own.
@Suite struct HTTPTransportTests {
    @Test func keepsItsConnections() async throws {
        let server = try LoopbackServer { _ in .text("{}") }
        let results = try await ClientFixture.send((0..<50).map { _ in [ClientFixture.request("GetItem")] }, to: server.url)
        #expect(results.allSatisfy { (try? $0[0].get().attempts) == 1 })
        #expect(server.requests == 50)
        #expect(server.connections == 1)
    }

    /// As many connections as requests at once, no more, and all of them kept.
    @Test func sendsSeveralAtOnce() async throws {
        let gate = Gate(count: HTTPSettings().maxInFlight)
        let server = try LoopbackServer { _ in
            gate.pass()
            return .text("{}")
        }
        let round = (0..<HTTPSettings().maxInFlight * 4).map { _ in ClientFixture.request("GetItem") }
        let results = try await ClientFixture.send([round, round], to: server.url)
        #expect(results.joined().allSatisfy { (try? $0.get().attempts) == 1 })
        #expect(server.requests == round.count * 2)
        #expect(server.connections == HTTPSettings().maxInFlight)
    }

    @Test func doesNotWaitForLeaveToSendABody() async throws {
        let seen = Mutex<LoopbackRequest?>(nil)
        let server = try LoopbackServer { request in
            seen.withLock { $0 = request }
            return .text("{}")
        }
        // libcurl asks for leave from a megabyte on.
        let body = [UInt8](repeating: 0x20, count: 2 << 20)
        let result = try await ClientFixture.send([DynamoRequest(target: "PutItem", body: body)], to: server.url)[0]
        #expect(throws: Never.self) { try result.get() }
        let request = try #require(seen.withLock { $0 })
        #expect(request.headers["expect"] == nil)
        #expect(request.body == body)
        #expect(request.method == "POST" && request.path == "/")
        #expect(request.headers["x-amz-target"] == "DynamoDB_20120810.PutItem")
        #expect(request.headers["content-type"] == "application/x-amz-json-1.0")
        #expect(request.headers["host"] == "127.0.0.1:\(server.port)")
        #expect(request.headers["x-amz-security-token"] == ClientFixture.credentials.sessionToken)
    }

    /// libcurl by itself would send the request again on a new connection, although the server has had it.
    @Test func aKeptConnectionThatClosesIsNoReasonToSendAgain() async throws {
        let server = try LoopbackServer { request in request.path == "/second" ? .cut : .text("{}") }
        let results = try await blocking {
            let transport = HTTPTransport(HTTPSettings())
            return ["/first", "/second"].map { transport.perform(Self.request(server.url + $0, body: [1])) }
        }
        #expect(throws: Never.self) { try results[0].get() }
        guard case .failure(let failure) = results[1] else { throw Unexpected("an answer from a server that gave none") }
        #expect(failure.wasSent && !failure.timedOut && !failure.isFinal)
        #expect(server.requests == 2)
    }

    @Test func whatWasNeverConnectedWasNeverSent() async throws {
        let port = try LoopbackSocket.freePort()
        let result = try await blocking { HTTPTransport(HTTPSettings()).perform(Self.request("http://127.0.0.1:\(port)/", body: [1])) }
        guard case .failure(let failure) = result else { throw Unexpected("an answer from nobody") }
        #expect(!failure.wasSent && !failure.timedOut)
    }

    @Test func whatStallsEndsByItsTimeAndMayHaveBeenSeen() async throws {
        let server = try LoopbackServer { _ in .stall }
        let result = try await blocking {
            HTTPTransport(HTTPSettings()).perform(Self.request(server.url, body: [1], timeoutMilliseconds: 5_000))
        }
        guard case .failure(let failure) = result else { throw Unexpected("an answer from a server that gave none") }
        #expect(failure.wasSent && failure.timedOut && !failure.isFinal)
    }

    @Test func anAnswerHasABound() async throws {
        let server = try LoopbackServer { request in .reply(status: 200, body: [UInt8](repeating: 1, count: Int(request.path.dropFirst())!))
        }
        let results = try await blocking {
            let transport = HTTPTransport(HTTPSettings(maxReplyBytes: 100_000))
            return [100_000, 100_001].map { transport.perform(Self.request("\(server.url)/\($0)")) }
        }
        #expect(try results[0].get().body.count == 100_000)
        guard case .failure(let failure) = results[1] else { throw Unexpected("an answer over the bound") }
        #expect(failure.isFinal && failure.wasSent && failure.message.contains("100000"))
    }

    /// Part of an answer is none, wherever it breaks off: within its headers too, which libcurl by itself would take for all of it.
    @Test func anAnswerThatBreaksOffIsNone() async throws {
        let whole = Array("HTTP/1.1 200 OK\r\nserver: s\r\ncontent-length: 10\r\n\r\n1234567890".utf8)
        let length = Mutex(1)
        let server = try LoopbackServer { _ in .bytes(Array(whole[..<length.withLock { $0 }])) }
        for count in 1..<whole.count {
            length.withLock { $0 = count }
            let result = try await blocking { HTTPTransport(HTTPSettings()).perform(Self.request(server.url)) }
            guard case .failure(let failure) = result else { throw Unexpected("\(count) of \(whole.count) bytes are an answer") }
            #expect(failure.wasSent)
        }
    }

    @Test func redirectsAreNotFollowed() async throws {
        let server = try LoopbackServer { _ in .text("", status: 307, headers: ["location": "/elsewhere"]) }
        let reply = try await blocking { HTTPTransport(HTTPSettings()).perform(Self.request(server.url)) }.get()
        #expect(reply.status == 307)
        #expect(server.requests == 1)
    }

    @Test func readsWhatAWSPutsInHeaders() async throws {
        let server = try LoopbackServer { _ in
            .text("", headers: ["Date": "Sun, 30 Aug 2015 12:36:00 GMT", "x-amz-retry-after": "1500", "x-amzn-RequestId": "ABC"])
        }
        let reply = try await blocking { HTTPTransport(HTTPSettings()).perform(Self.request(server.url)) }.get()
        #expect(reply.date?.description == "2015-08-30T12:36:00.000Z")
        #expect(reply.retryAfterMilliseconds == 1500)
        #expect(reply.requestID == "ABC")
    }

    static func request(_ url: String, body: [UInt8]? = nil, timeoutMilliseconds: Int = 60_000) -> HTTPRequest {
        HTTPRequest(
            method: body == nil ? "GET" : "POST", url: url, headers: [], body: body, connectMilliseconds: timeoutMilliseconds,
            timeoutMilliseconds: timeoutMilliseconds)
    }
}
