import Synchronization
import Testing

@testable import SluiceClient
@testable import SluiceProtocol

/// The client over a real socket, against a daemon that does what the test says.
@Suite struct ClientTests {
    private struct User: Codable, Equatable {
        var id: String?
        var email: String
    }

    /// Waits until something holds: two minutes, which is far longer than a loaded machine takes.
    private static func eventually(_ what: String, _ holds: () -> Bool) async throws {
        for _ in 0..<24_000 where !holds() { try await Task.sleep(for: .milliseconds(5)) }
        try #require(holds(), "two minutes are over without \(what)")
    }

    /// The object of a save, as the daemon would store it.
    private static func object(of exchange: FakeDaemon.Exchange) -> [UInt8] {
        guard let arguments = try? RequestArguments(exchange.arguments[...]), let object = arguments.object else { return [0x80] }
        return Array(object.bytes)
    }

    @Test func pingsAndReadsTheWelcome() async throws {
        let daemon = try FakeDaemon { _ in .null }
        let client = try await SluiceClient.connect(path: daemon.path)
        try await client.ping()
        #expect(client.welcome?.name == "fake")
        #expect(daemon.exchanges.map(\.operation) == [.ping, .ping])
    }

    @Test func noDaemonIsSaidAtOnceWithThePlaces() async throws {
        let path = "/tmp/sluice-there-is-none-\(UInt32.random(in: 0...UInt32.max)).sock"
        let error = await #expect(throws: SluiceError.self) { try await SluiceClient.connect(path: path, timeout: .seconds(3600)) }
        #expect(error?.code == .unavailable)
        #expect(error?.reason == "noDaemon")
        #expect(error?.message.contains(path) == true)
    }

    @Test func aDaemonThatDoesNotGreetIsGivenUp() async throws {
        let daemon = try FakeDaemon(limits: ["maxInFlight": 1]) { _ in .nothing }
        let error = await #expect(throws: SluiceError.self) {
            try await SluiceClient.connect(path: daemon.path, timeout: .milliseconds(100), options: ClientOptions(grace: .milliseconds(50)))
        }
        // On a busy machine the time may be over before there is a connection to wait on.
        #expect(error?.code == .deadlineExceeded || error?.code == .unavailable)
    }

    @Test func createsCarryAnIdOfTheClientsAndComeBackTyped() async throws {
        let daemon = try FakeDaemon { .value(Self.object(of: $0)) }
        let users = try await SluiceClient.connect(path: daemon.path).repository("users")
        let ann = try await users.save(User(email: "ann@example.org"))
        let id = try #require(ann.id)
        #expect(ObjectID(hex: Array(id.utf8)) != nil)
        let arguments = try RequestArguments(daemon.exchanges[1].arguments[...])
        #expect(arguments.generated == true)
        #expect(arguments.filter == nil)
        let own = try await users.save(User(id: "0123456789abcdef01234567", email: "bob@example.org"))
        #expect(own.id == "0123456789abcdef01234567")
        #expect(try RequestArguments(daemon.exchanges[2].arguments[...]).generated == nil)
    }

    @Test func aCreateSurvivesALostConnectionWithTheSameId() async throws {
        let daemon = try FakeDaemon { $0.operation == .save && $0.attempt == 1 ? .hangUp : .value(Self.object(of: $0)) }
        let users = try await SluiceClient.connect(path: daemon.path).repository("users")
        let ann = try await users.save(User(email: "ann@example.org"))
        let saves = daemon.exchanges.filter { $0.operation == .save }
        #expect(saves.map(\.connection) == [1, 2])
        #expect(saves.map(\.attempt) == [1, 2])
        #expect(saves[0].arguments == saves[1].arguments)
        #expect(try RequestArguments(saves[0].arguments[...]).object?.id == ann.id)
    }

    @Test func anUpdateThatMayHaveBeenSentIsNotSentAgain() async throws {
        let daemon = try FakeDaemon { $0.operation == .save ? .hangUp : .null }
        let users = try await SluiceClient.connect(path: daemon.path).repository("users")
        let error = await #expect(throws: SluiceError.self) {
            try await users.save(["email": "x"] as Record, where: .match("id", "0123456789abcdef01234567"))
        }
        #expect(error?.code == .unavailable)
        #expect(error?.isOutcomeKnown == false)
        #expect(error?.message.contains("users") == true)
        try await users.client.ping()
        #expect(daemon.exchanges.count { $0.operation == .save } == 1)
    }

    @Test func definitionsAreSentAgainBeforeAnythingElse() async throws {
        let daemon = try FakeDaemon { exchange in
            exchange.operation == .define ? .value(StructuredValue.map(["repository": "users"]).messagePack) : .value([0])
        }
        let client = try await SluiceClient.connect(path: daemon.path)
        let users = try await client.defineRepository("users", ["name": "users", "indexes": ["email"], "GSI": ["email": [:]]])
        #expect(users.description?.repository == "users")
        daemon.hangUp()
        #expect(try await users.count() == 0)
        let second = daemon.exchanges.filter { $0.connection == 2 }
        #expect(second.map(\.operation) == [.define, .count])
        #expect(second[0].arguments == daemon.exchanges[1].arguments)
        let definition = try #require(try RequestArguments(second[0].arguments[...]).definition)
        #expect(definition.globalIndexes.map(\.attribute.name) == ["email"])
    }

    @Test func manyTasksShareOneConnection() async throws {
        let daemon = try FakeDaemon { .value(Self.object(of: $0)) }
        let things = try await SluiceClient.connect(path: daemon.path).repository("things")
        let sum = try await withThrowingTaskGroup(of: Int64.self) { group in
            for number in 0..<500 {
                group.addTask {
                    let record = try await things.save(["number": .integer(Int64(number))] as Record)
                    return record["number"]?.integer ?? -1
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(sum == 499 * 500 / 2)
        #expect(daemon.connectionCount == 1)
        #expect(Set(daemon.exchanges.map(\.id)).count == 501)
    }

    @Test func framesInSmallPiecesAreWholeAgain() async throws {
        let daemon = try FakeDaemon { .value(Self.object(of: $0)) }
        let things = try await SluiceClient.connect(path: daemon.path).repository("things")
        daemon.sendPieces(of: 3)
        let text = String(repeating: "0123456789", count: 30)
        let record = try await things.save(["text": .string(text)] as Record)
        #expect(record["text"]?.string == text)
    }

    @Test func whatTheKernelDoesNotTakeAtOnceIsSentLater() async throws {
        let daemon = try FakeDaemon { .value(Self.object(of: $0)) }
        let things = try await SluiceClient.connect(path: daemon.path).repository("things")
        let blob = [UInt8](repeating: 7, count: 5 << 20)
        async let first = things.save(["blob": .binary(blob), "n": 1] as Record)
        async let second = things.save(["blob": .binary(blob), "n": 2] as Record)
        let records = try await [first, second]
        #expect(records.map { $0["n"] } == [1, 2])
        #expect(records.allSatisfy { $0["blob"] == .binary(blob) })
    }

    @Test func aTaskThatIsCancelledEndsItsRequest() async throws {
        let daemon = try FakeDaemon { $0.operation == .count ? .nothing : .null }
        let things = try await SluiceClient.connect(path: daemon.path).repository("things")
        let task = Task { try await things.count(deadline: .seconds(600)) }
        try await Self.eventually("the count on the wire") { daemon.exchanges.count == 2 }
        task.cancel()
        let error = await #expect(throws: SluiceError.self) { try await task.value }
        #expect(error?.reason == "cancelled")
        try await Self.eventually("the cancel on the wire") { !daemon.cancelled.isEmpty }
        #expect(daemon.cancelled == [daemon.exchanges[1].id])
    }

    @Test func aTaskThatWasCancelledBeforeSendsNothing() async throws {
        let daemon = try FakeDaemon { _ in .nothing }
        let client = try SluiceClient(path: daemon.path)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await client.ping()
        }
        let error = await #expect(throws: SluiceError.self) { try await task.value }
        #expect(error?.reason == "cancelled")
    }

    @Test func theClientAnswersForADaemonThatDoesNot() async throws {
        let daemon = try FakeDaemon { $0.operation == .deleteOne ? .nothing : .null }
        let things = try await SluiceClient.connect(path: daemon.path, options: ClientOptions(grace: .milliseconds(50))).repository(
            "things")
        let start = ContinuousClock.Instant.now
        let error = await #expect(throws: SluiceError.self) { try await things.deleteOne(.match("n", 1), deadline: .seconds(3)) }
        #expect(error?.code == .deadlineExceeded)
        #expect(error?.isOutcomeKnown == false)
        #expect(.now - start >= .milliseconds(3_050))
    }

    @Test func goingAwayMovesToANewConnectionWithoutOneFailure() async throws {
        let daemon = try FakeDaemon { exchange in exchange.number % 50 == 0 ? .several([.goingAway, .null]) : .null }
        let client = try await SluiceClient.connect(path: daemon.path, options: ClientOptions(backoff: Backoff(first: .milliseconds(1))))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<10 { group.addTask { for _ in 0..<40 { try await client.ping() } } }
            try await group.waitForAll()
        }
        #expect(daemon.connectionCount >= 4)
    }

    @Test func scanAsksForTheNextPageWhenThisOneIsUsedUp() async throws {
        let daemon = try FakeDaemon { exchange in
            guard exchange.operation == .getAll, let arguments = try? RequestArguments(exchange.arguments[...]) else { return .null }
            func record(_ number: Int64) -> [UInt8] { StructuredValue.map(["n": .integer(number)]).messagePack }
            switch arguments.token {
            case nil: return .several([.list([record(1)], isPart: true), .list([record(2)], token: "second")])
            case "second": return .list([], token: "third")
            default: return .list([record(3)])
            }
        }
        let things = try await SluiceClient.connect(path: daemon.path).repository("things")
        var walk = try things.scan(.match("kind", "x"), order: [.descending("n")], pageSize: 2, as: Record.self).makeAsyncIterator()
        #expect(try await walk.next()?["n"] == 1)
        #expect(try await walk.next()?["n"] == 2)
        #expect(walk.token == "second")
        #expect(daemon.exchanges.count == 2)
        #expect(try await walk.next()?["n"] == 3)
        #expect(try await walk.next() == nil)
        #expect(try await walk.next() == nil)
        let all = try await things.getAll(.match("kind", "x"), as: Record.self)
        #expect(all.map { $0["n"] } == [1, 2])
    }

    @Test func everyOperationSendsWhatTheProtocolSays() async throws {
        let daemon = try FakeDaemon { exchange in
            switch exchange.operation {
            case .deleteAll, .count: .value([5])
            case .saveMany: .list([[0x81, 0x01, 0x80], [0x81, 0x02, 0x81, 0x01, 0xa8] + Array("notFound".utf8)])
            case .save, .upsert, .replace, .getOne: .value([0x80])
            default: .null
            }
        }
        let r = try await SluiceClient.connect(path: daemon.path).repository("r")
        let filter = try Filter.match("a", 1)
        let document = try Document(encoding: ["n": 1] as Record)
        _ = try await r.getOne(filter) as Document
        try await r.save(document, where: filter)
        try await r.deleteOne(filter)
        #expect(try await r.deleteAll(Filter(), all: true) == 5)
        #expect(try await r.count(filter) == 5)
        let outcomes = try await r.saveMany([document, document])
        try await r.upsert(document)
        try await r.replace(document)
        #expect(outcomes.count == 2)
        #expect((try? outcomes[0].get()) != nil)
        #expect(throws: SluiceError(.notFound, "", isRetryable: false)) { try outcomes[1].get() }
        for exchange in daemon.exchanges.dropFirst() {
            // The daemon's own decoder has the last word on what is well put.
            let arguments = try RequestArguments(exchange.arguments[...])
            _ = try RepositoryOperation(exchange.operation, repository: "r", arguments, maxPageSize: 10)
            #expect(exchange.repository == "r")
        }
        let many = try RequestArguments(daemon.exchanges[6].arguments[...])
        #expect(many.generatedEach == [true, true])
        #expect(try RequestArguments(daemon.exchanges[7].arguments[...]).generated == true)
    }

    @Test func nonsenseFromTheDaemonEndsTheConnectionNotTheProgram() async throws {
        let daemon = try FakeDaemon { $0.number == 2 ? .raw([0, 0, 0, 1, 0xc1]) : .null }
        let client = try await SluiceClient.connect(path: daemon.path)
        try await client.ping()
        #expect(daemon.connectionCount == 2)
        let unknown = try FakeDaemon { exchange in
            .several([.raw([0, 0, 0, 3, 0x81, 0x00, 0x63]), exchange.operation == .stats ? .value([0xc1]) : .null])
        }
        let other = try await SluiceClient.connect(path: unknown.path)
        try await other.ping()
    }

    @Test func theClientEndsWithItsLastReference() async throws {
        let daemon = try FakeDaemon { _ in .null }
        var client: SluiceClient? = try await SluiceClient.connect(path: daemon.path)
        weak let connection = client?.connection
        try await client?.ping()
        client = nil
        try await Self.eventually("the connection's end") { connection == nil }
    }

    @Test func aClosedClientSaysSo() async throws {
        let daemon = try FakeDaemon { $0.operation == .stats ? .nothing : .null }
        let client = try await SluiceClient.connect(path: daemon.path)
        let pending = Task { try await client.stats(deadline: .seconds(600)) }
        try await Self.eventually("the request on the wire") { daemon.exchanges.count == 2 }
        client.close()
        let error = await #expect(throws: SluiceError.self) { try await pending.value }
        #expect(error?.message.contains("closed") == true)
        await #expect(throws: SluiceError.self) { try await client.ping() }
    }
}
