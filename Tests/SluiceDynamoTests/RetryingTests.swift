import Glibc
import SluiceBackend
import SluiceProtocol
import SluiceTesting
import Synchronization
import Testing

@testable import SluiceDynamo

/// The client as a whole where things go wrong: an emulator behind the fault proxy, and servers of the tests' own.
@Suite struct RetryingTests {
    private typealias Fixture = ClientFixture

    private static let create = Fixture.request(
        "CreateTable",
        """
        {"TableName":"things","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
        "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST"}
        """)
    private static let get = Fixture.request("GetItem", #"{"TableName":"things","Key":{"id":{"S":"1"}},"ConsistentRead":true}"#)

    private static func put(isRepeatable: Bool = true) -> DynamoRequest {
        Fixture.request(
            "PutItem", #"{"TableName":"things","Item":{"id":{"S":"1"}},"ConditionExpression":"attribute_not_exists(id)"}"#,
            isRepeatable: isRepeatable)
    }

    /// An emulator with a table, behind a proxy. The caller keeps both.
    private static func emulator() async throws -> (ServerProcess, FaultProxy) {
        let emulator = try await DynamoEmulator.roto.started()
        _ = try await Fixture.send([create], to: emulator.url)[0].get()
        return (emulator, try FaultProxy(before: emulator.port))
    }

    private static func failure(_ result: Result<DynamoReply, DynamoFailure>) throws -> DynamoFailure {
        guard case .failure(let failure) = result else { throw Unexpected("\(result)") }
        return failure
    }

    @Test func throttlingIsWaitedOut() async throws {
        let (emulator, proxy) = try await Self.emulator()
        proxy.next([.throttle, .throttle, .throttle], of: "PutItem")
        let budget = RetryBudget(Fixture.policy)
        let results = try await Fixture.send([[Self.put()], [Self.get]], to: proxy.url, budget: budget)
        #expect(try results[0][0].get().attempts == 4)
        #expect(String(decoding: try results[1][0].get().body, as: UTF8.self).contains("Item"))
        #expect(proxy.passed == ["PutItem", "GetItem"])
        #expect(budget.remaining == 500 - 2 * budget.policy.throttledCost + budget.policy.successTokens)
        withExtendedLifetime(emulator) {}
    }

    @Test func throttlingThatGoesOnIsSaid() async throws {
        let (emulator, proxy) = try await Self.emulator()
        proxy.always(.throttle)
        let failure = try Self.failure(try await Fixture.send([Self.put()], to: proxy.url)[0])
        #expect(failure.kind == .throttled && failure.name == "ProvisionedThroughputExceededException")
        #expect(!failure.mayHaveHappened && failure.attempts == 4 && proxy.passed.isEmpty)
        withExtendedLifetime(emulator) {}
    }

    /// One of several requests in trouble holds none of the others up.
    @Test func requestsFailEachForItself() async throws {
        let (emulator, proxy) = try await Self.emulator()
        proxy.next(Array(repeating: .refuse(status: 400, error: "ValidationException"), count: 3), of: "GetItem")
        let results = try await Fixture.send(Array(repeating: Self.get, count: 40), to: proxy.url)
        let failures = results.compactMap { try? Self.failure($0) }
        #expect(failures.count == 3 && failures.allSatisfy { $0.kind == .service && $0.name == "ValidationException" })
        withExtendedLifetime(emulator) {}
    }

    /// A put whose answer got lost meets its own item, and the caller is told that it may be its own.
    @Test(arguments: [FaultProxy.Fault.cutAfter, .failAfter])
    func aPutMayMeetItsOwnItem(_ fault: FaultProxy.Fault) async throws {
        let (emulator, proxy) = try await Self.emulator()
        proxy.next([fault])
        let failure = try Self.failure(try await Fixture.send([Self.put()], to: proxy.url)[0])
        #expect(failure.kind == .service && failure.name == "ConditionalCheckFailedException")
        #expect(failure.mayHaveHappened && failure.attempts == 2)
        #expect(proxy.passed == ["PutItem", "PutItem"])
        withExtendedLifetime(emulator) {}
    }

    @Test(arguments: [FaultProxy.Fault.cutAfter, .failAfter, .cutBefore])
    func whatMustNotHappenTwiceIsNotSentTwice(_ fault: FaultProxy.Fault) async throws {
        let (emulator, proxy) = try await Self.emulator()
        proxy.next([fault])
        let failure = try Self.failure(try await Fixture.send([Self.put(isRepeatable: false)], to: proxy.url)[0])
        #expect(failure.mayHaveHappened && failure.attempts == 1)
        #expect(failure.kind == (fault == .failAfter ? .transient : .transport))
        #expect(proxy.requests == 1)
        withExtendedLifetime(emulator) {}
    }

    @Test func aConnectionThatIsCutIsMadeAnew() async throws {
        let (emulator, proxy) = try await Self.emulator()
        proxy.next([.cutBefore, .refuse(status: 503, error: "ServiceUnavailable"), .cutBefore])
        let reply = try await Fixture.send([Self.put()], to: proxy.url)[0].get()
        #expect(reply.attempts == 4 && proxy.passed == ["PutItem"])
        withExtendedLifetime(emulator) {}
    }

    /// The cut meets a connection that was kept, on whose loss libcurl by itself would send the request on a new one.
    @Test func aKeptConnectionThatIsCutIsNoExcuse() async throws {
        let (emulator, proxy) = try await Self.emulator()
        proxy.next([.cutAfter], of: "PutItem")
        let (kept, failure, read) = try await blocking {
            let client = try Fixture.client(proxy.url, CredentialChain([FixedCredentials(credentials: Fixture.credentials)]))
            let send = { request in client.send([request], deadline: .distantFuture)[0] }
            _ = try (send(Self.get).get(), send(Self.get).get())
            return (proxy.connections, try Self.failure(send(Self.put(isRepeatable: false))), try send(Self.get).get())
        }
        #expect(kept == 1)
        #expect(failure.kind == .transport && failure.mayHaveHappened && failure.attempts == 1)
        #expect(String(decoding: read.body, as: UTF8.self).contains("Item"))
        #expect(proxy.passed == ["GetItem", "GetItem", "PutItem", "GetItem"])
        withExtendedLifetime(emulator) {}
    }

    /// A kept connection that the server closed while nothing was under way is seen, and costs no attempt.
    @Test func aConnectionThatWasClosedMeanwhileIsMadeAnew() async throws {
        let server = try LoopbackServer { _ in .text("{}") }
        let attempts = try await blocking {
            let client = try Fixture.client(server.url, CredentialChain([FixedCredentials(credentials: Fixture.credentials)]))
            return try (0..<3).map { _ in
                defer { server.cutAll() }
                return try client.send([Self.get], deadline: .distantFuture)[0].get().attempts
            }
        }
        #expect(attempts == [1, 1, 1])
        #expect(server.connections == 3)
    }

    @Test(arguments: [FaultProxy.Fault.stall, .stallAfter])
    func theDeadlineEndsWhatStalls(_ fault: FaultProxy.Fault) async throws {
        let (emulator, proxy) = try await Self.emulator()
        proxy.always(fault)
        let results = try await Fixture.send([Self.put(), Self.get], to: proxy.url, milliseconds: 5_000)
        for result in results {
            let failure = try Self.failure(result)
            #expect(failure.kind == .deadline && failure.mayHaveHappened && failure.attempts == 1)
        }
        withExtendedLifetime(emulator) {}
    }

    /// An attempt has a bound of its own, so that one stalled connection does not use up a long deadline.
    @Test func anAttemptThatStallsIsFollowedByAnother() async throws {
        let (emulator, proxy) = try await Self.emulator()
        proxy.next([.stall])
        var policy = Fixture.policy
        policy.attemptMilliseconds = 2_000
        let reply = try await Fixture.send([Self.get], to: proxy.url, budget: RetryBudget(policy))[0].get()
        #expect(reply.attempts >= 2)
        withExtendedLifetime(emulator) {}
    }

    /// What waits for a connection while the deadline passes has not been sent.
    @Test func whatWasNotSentByTheDeadlineHappenedNot() async throws {
        let server = try LoopbackServer { _ in .stall }
        let count = HTTPSettings().maxInFlight
        let results = try await Fixture.send(Array(repeating: Self.put(), count: count + 3), to: server.url, milliseconds: 5_000)
        let failures = try results.map(Self.failure)
        #expect(failures.allSatisfy { $0.kind == .deadline })
        #expect(failures.allSatisfy { $0.mayHaveHappened == ($0.attempts > 0) })
        #expect(failures.filter { $0.attempts == 0 }.count == 3)
        #expect(server.requests == count)
    }

    @Test func aServerThatIsAwayIsSaid() async throws {
        let port = try LoopbackSocket.freePort()
        let failure = try Self.failure(try await Fixture.send([Self.put()], to: "http://127.0.0.1:\(port)")[0])
        #expect(failure.kind == .transport && !failure.mayHaveHappened && failure.attempts == 4)
    }

    /// A server that is stopped and goes on, as if nothing had been.
    @Test func aStoppedServerIsOutlivedByTheClient() async throws {
        let (emulator, _) = try await Self.emulator()
        emulator.send(SIGSTOP)
        let failure = try Self.failure(try await Fixture.send([Self.get], to: emulator.url, milliseconds: 400)[0])
        #expect(failure.kind == .deadline)
        emulator.send(SIGCONT)
        _ = try await Fixture.send([Self.get], to: emulator.url)[0].get()
    }

    @Test func whenLittleSucceedsLittleIsSentAgain() async throws {
        let server = try LoopbackServer { _ in .text("{}", status: 500) }
        var policy = Fixture.policy
        policy.budgetTokens = policy.transientCost * 5
        let results = try await Fixture.send(Array(repeating: Self.get, count: 30), to: server.url, budget: RetryBudget(policy))
        #expect(try results.map(Self.failure).allSatisfy { $0.kind == .transient })
        #expect(server.requests == 35)
    }

    // What is signed, and what shows of it.

    /// A server whose clock is two hours ahead, and which refuses what is signed for another time.
    @Test func theClockIsPutRightOnceAndForAll() async throws {
        let server = try LoopbackServer { request in
            let now = Timestamp(milliseconds: Timestamp.now.milliseconds + 7_200_000)!
            let date = SignatureV4.text(now)
            // The same hour: the test fails at most where an hour ends, so the next is fine too.
            let signed = request.headers["x-amz-date"] ?? ""
            let isRight = abs(Self.seconds(signed) - Self.seconds(date)) < 300
            return isRight
                ? .text("{}")
                : .text(
                    #"{"__type":"com.amazon.coral.service#InvalidSignatureException","message":"Signature expired"}"#, status: 400,
                    headers: ["Date": Self.httpDate(now)])
        }
        let rounds = try await Fixture.send([[Self.get], [Self.get, Self.get]], to: server.url)
        #expect(try rounds[0][0].get().attempts == 2)
        #expect(try rounds[1].map { try $0.get().attempts } == [1, 1])
        #expect(server.requests == 4)
    }

    /// Seconds of `20150830T123600Z`, of its day and month alone.
    private static func seconds(_ text: String) -> Int64 {
        let digits = Array(text)
        guard digits.count == 16 else { return 0 }
        func part(_ range: Range<Int>) -> String { String(digits[range]) }
        let iso = "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))T\(part(9..<11)):\(part(11..<13)):\(part(13..<15))Z"
        return (Timestamp(text: iso)?.milliseconds ?? 0) / 1_000
    }

    private static func httpDate(_ time: Timestamp) -> String {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let parts = time.description.split { "-T.".contains($0) }
        return "\(parts[2]) \(months[Int(parts[1])! - 1]) \(parts[0]) \(parts[3]) GMT"
    }

    @Test func credentialsThatExpiredAreRenewed() async throws {
        let server = try LoopbackServer { request in
            request.headers["authorization"]?.contains("Credential=SECOND/") == true
                ? .text("{}") : .text(#"{"__type":"com.amazon.coral.service#ExpiredTokenException","message":"old"}"#, status: 400)
        }
        let chain = CredentialChain([RenewingPlace()])
        let result = try await blocking {
            try Fixture.client(server.url, chain).send([Self.get], deadline: .distantFuture)[0]
        }
        #expect(try result.get().attempts == 2)
    }

    @Test func withoutCredentialsNothingIsSent() async throws {
        let server = try LoopbackServer { _ in .text("{}") }
        let chain = try CredentialChain([:], environment: AWSEnvironment(["AWS_EC2_METADATA_DISABLED": "true"]))
        let result = try await blocking {
            try Fixture.client(server.url, chain).send([Self.get], deadline: .distantFuture)[0]
        }
        let failure = try Self.failure(result)
        #expect(failure.kind == .credentials && !failure.mayHaveHappened && failure.attempts == 0)
        #expect(server.connections == 0)
    }

    /// Whatever goes wrong, nothing that may be read by others holds a credential: not even where the service repeats what was signed.
    @Test func failuresHoldNoCredential() async throws {
        let handlers: [LoopbackServer.Handler] = [
            { _ in .cut }, { _ in .stall }, { _ in .text("{}", status: 403) }, { _ in .text("{}", status: 500) },
            { _ in .bytes(Array("nonsense\r\n\r\n".utf8)) },
            { request in
                let signed = request.headers.map { "\($0.key):\($0.value)" }.joined(separator: " ").filter { $0 != "\"" }
                return .text(#"{"__type":"x#InvalidSignatureException","message":"The Canonical String is \#(signed)"}"#, status: 400)
            },
        ]
        for handler in handlers {
            let server = try LoopbackServer(handler)
            let failure = try Self.failure(try await Fixture.send([Self.get], to: server.url, milliseconds: 1_000)[0])
            var dumped = ""
            dump(failure, to: &dumped)
            for part in ["AKIDEXAMPLE", "wJalrXUtnFEMI", "TOKENEXAMPLE", "Signature="] { #expect(!dumped.contains(part)) }
        }
    }

    @Test func aClientShowsNoCredential() async throws {
        let server = try LoopbackServer { _ in .text("{}") }
        let dumped = try await blocking {
            let client = try Fixture.client(server.url, CredentialChain([FixedCredentials(credentials: Fixture.credentials)]))
            _ = client.send([Self.get], deadline: .distantFuture)
            var dumped = ""
            dump(client, to: &dumped)
            return dumped
        }
        #expect(dumped.contains("SigningKey") || dumped.contains("the signing key of"))
        for part in ["AKIDEXAMPLE", "wJalrXUtnFEMI", "TOKENEXAMPLE", "Signature="] { #expect(!dumped.contains(part)) }
    }
}

/// A place whose first credentials are worth nothing.
private final class RenewingPlace: CredentialProvider {
    private let isFirst = Mutex(true)

    var place: String { "a test" }

    func credentials(deadline: MonotonicTime) -> AWSCredentials? {
        isFirst.withLock { isFirst in
            defer { isFirst = false }
            return AWSCredentials(accessKeyID: isFirst ? "FIRST" : "SECOND", secretAccessKey: "S")
        }
    }
}
