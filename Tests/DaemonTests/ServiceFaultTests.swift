import SluiceClient
import SluiceTesting
import Testing

/// A daemon before a DynamoDB that throttles, fails, leaves keys unprocessed or does not say what it has done: what can be waited out is,
/// what was done is recognised, and what may have been done is never said to have failed.
@Suite(.serialized) struct ServiceFaultTests {
    private static let passing: [FaultProxy.Fault] = [
        .throttle, .refuse(status: 400, error: "ThrottlingException"), .refuse(status: 500, error: "InternalServerError"),
        .refuse(status: 503, error: "ServiceUnavailable"), .cutBefore,
    ]

    @Test(arguments: passing) func whatPassesIsWaitedOut(_ fault: FaultProxy.Fault) async throws {
        let scene = try await EngineScene(.roto, withFailingService: true)
        let (service, things) = (try #require(scene.service), scene.client.repository("things"))
        service.next([fault], of: "PutItem")
        let stored = try await things.save(["key": "k", "n": 1] as Record)
        service.next([fault], of: "GetItem")
        #expect(try await things.getOne(.match("key", "k"), as: Record.self) == stored)
        service.next([fault], of: "Scan")
        #expect(try await things.count(.match("n", 1)) == 1)
        // A failure of the service, or a cut connection, may have come after the change, which only the caller may send again.
        service.next([fault], of: "UpdateItem")
        try await Self.unlessUnknown { _ = try await things.save(["n": 2] as Record, where: .match("key", "k"), as: Record.self) }
        service.next([fault], of: "DeleteItem")
        try await Self.unlessUnknown { try await things.deleteOne(.match("key", "k")) }
        #expect(service.pendingFaults == 0, "nothing was disturbed")
    }

    private static func unlessUnknown(_ body: () async throws -> Void) async throws {
        do { try await body() } catch let error as SluiceError {
            #expect(error.code == .unavailable && error.isRetryable && !error.isOutcomeKnown)
        }
    }

    @Test func throttlingThatLastsIsSaid() async throws {
        let scene = try await EngineScene(.roto, withFailingService: true)
        let service = try #require(scene.service)
        try await scene.underLoad { _, embedded in
            service.always(.throttle)
            let error = try await scene.failure {
                _ = try await scene.client.repository("things").save(
                    ["n": 1] as Record, where: .match("key", "nobody"), deadline: .seconds(6))
            }
            #expect([.overloaded, .deadlineExceeded].contains(error.code) && error.isRetryable)
            try await embedded.wait(for: 100, log: scene.daemon.log)
            service.always(nil)
        }
    }

    @Test func unprocessedKeysAreAskedForAgain() async throws {
        let scene = try await EngineScene(.roto, withFailingService: true)
        let (service, things) = (try #require(scene.service), scene.client.repository("things"))
        let keys = (0..<60).map { "k \"{\($0)}\"" }
        for outcome in try await things.saveMany(keys.map { ["key": .string($0)] as Record }) { _ = try outcome.get() }
        service.next([.unprocessed, .unprocessed, .throttle], of: "BatchGetItem")
        // Until all have met a batch: what comes alone is no batch.
        try await eventually("batches of reads") {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for key in keys {
                    group.addTask {
                        let record = try await things.getOne(.match("key", key), as: Record.self)
                        #expect(record["key"] == .string(key))
                    }
                }
                try await group.waitForAll()
            }
            return service.pendingFaults == 0
        }
    }

    /// The put was carried out: the second attempt's condition fails against the first, which must be seen to be its own.
    @Test(arguments: [FaultProxy.Fault.cutAfter, .failAfter, .stallAfter])
    func aPutWhoseAnswerWasLostIsItsOwn(_ fault: FaultProxy.Fault) async throws {
        let scene = try await EngineScene(.roto, withFailingService: true)
        let (service, things) = (try #require(scene.service), scene.client.repository("things"))
        service.next([fault], of: "PutItem")
        let stored: Record = try await things.save(["key": "k", "n": 1], deadline: .seconds(60))
        #expect(service.passed.count { $0 == "PutItem" } >= 2, "it was not sent again")
        #expect(try await things.getAll(as: Record.self) == [stored])
        service.next([fault], of: "PutItem")
        let outcomes = try await things.saveMany((0..<3).map { ["key": .string("many\($0)")] as Record }, deadline: .seconds(60))
        for outcome in outcomes { _ = try outcome.get() }
        #expect(try await things.count() == 4)
        #expect(service.pendingFaults == 0, "nothing was disturbed")
        // Another's record is still another's.
        service.next([fault], of: "PutItem")
        let error = try await scene.failure { _ = try await things.save(["key": "k", "n": 2] as Record, deadline: .seconds(60)) }
        #expect(error.code == .alreadyExists)
        #expect(try await things.getOne(.match("key", "k"), as: Record.self) == stored)
    }

    @Test(arguments: [FaultProxy.Fault.cutAfter, .failAfter])
    func aChangeWhoseAnswerWasLostIsUnknown(_ fault: FaultProxy.Fault) async throws {
        let scene = try await EngineScene(.roto, withFailingService: true)
        let (service, things) = (try #require(scene.service), scene.client.repository("things"))
        for key in ["a", "b", "c"] { _ = try await things.save(["key": .string(key), "group": "g", "n": 1] as Record) }
        service.next([fault], of: "UpdateItem")
        try await Self.unlessUnknown { _ = try await things.save(["n": 2] as Record, where: .match("key", "a"), as: Record.self) }
        #expect(try await things.getOne(.match("key", "a"), as: Record.self)["n"] == 2)
        service.next([fault], of: "DeleteItem")
        try await Self.unlessUnknown { try await things.deleteOne(.match("group", "g")) }
        #expect(try await things.count() == 2, "one of several went")
        #expect(service.pendingFaults == 0, "nothing was disturbed")
    }

    @Test func aServiceInTroubleLosesNothing() async throws {
        let scene = try await EngineScene(.roto, withFailingService: true)
        let service = try #require(scene.service)
        try await scene.underLoad { main, embedded in
            for target in ["PutItem", "UpdateItem", "DeleteItem", "GetItem"] {
                service.next([.cutAfter, .failAfter, .throttle, .cutBefore, .refuse(status: 503, error: "ServiceUnavailable")], of: target)
            }
            try await main.wait(for: 30, log: scene.daemon.log)
            try await embedded.wait(for: 100, log: scene.daemon.log)
        }
    }
}
