import SluiceBackend
import SluiceProtocol
import SluiceTesting
import Testing

@testable import SluiceMongo

/// What callers are told when MongoDB fails: the right code, and never that a write failed which may have been done. These are the error
/// paths that the leak check (`scripts/leak-check`) runs too.
@Suite(.serialized) struct FailingServerTests {
    private static let id = "65a1b2c3d4e5f60718293a4b"

    private static func changes(_ filter: Filter) throws -> [RepositoryOperation] {
        let two = try FailingServer.document(["n": 2])
        return [
            try FailingServer.create("new"), .saveMany([try FailingServer.document(["key": "many"])], isGenerated: [false]),
            .update(two, filter), .deleteOne(filter), .deleteAll(filter),
            .upsert(try FailingServer.document(["key": "other"]), isGenerated: false),
            .replace(try FailingServer.document(["key": "k", "n": 3])),
        ]
    }

    private static func outcome(_ result: Result<OperationResult, SluiceError>) -> SluiceError? {
        switch result {
        case .failure(let error): error
        case .success(.outcomes(let outcomes)): outcomes.compactMap { if case .failure(let error) = $0 { error } else { nil } }.first
        case .success: nil
        }
    }

    /// The fail point lets whatever has a limit be over it, so what lacks one shows.
    @Test func everyCommandHasTheTimeThatIsLeft() async throws {
        try await blocking {
            let server = try FailingServer()
            try server.run(try FailingServer.create("k"))
            try server.exceedEveryTime()
            let filter = try Filter().match("key", "k")
            for operation in try Self.changes(filter) + [.getOne(filter), .getAll(RecordQuery()), .count(filter)] {
                let error = try #require(Self.outcome(server.run([operation])[0]), "\(operation) has no limit")
                #expect(error.code == .deadlineExceeded, "\(operation): \(error)")
            }
            let reads = try (0..<3).map { RepositoryOperation.getOne(try Filter().match("key", "k\($0)")) }
            for result in server.run(reads) { #expect(Self.outcome(result)?.code == .deadlineExceeded) }
            let error = try #require(server.failure(try FailingServer.create("new")))
            #expect(!error.isOutcomeKnown)
        }
    }

    /// One server has it, the others have not confirmed it in time.
    @Test func whatIsNotConfirmedIsUnknown() async throws {
        try await blocking {
            let server = try FailingServer()
            let filter = try Filter().match("key", "k")
            for operation in try Self.changes(filter) {
                _ = server.run([try FailingServer.create("k")])
                try server.fail(["insert", "findAndModify", "delete"], times: 2) { writer in
                    writer.document("writeConcernError") { writer in
                        writer.int32("code", 64)
                        writer.string("errmsg", "waiting for replication timed out")
                    }
                }
                let error = try #require(Self.outcome(server.run([operation])[0]), "\(operation) is as if confirmed")
                #expect(error.code == .unavailable && !error.isOutcomeKnown, "\(operation): \(error)")
                try server.recover()
            }
        }
    }

    @Test func whatIsNotConfirmedIsUnknownBesideWhatIsRefused() async throws {
        try await blocking {
            let server = try FailingServer()
            try server.run(try FailingServer.create("there"))
            try server.fail(["insert"]) { writer in
                writer.document("writeConcernError") { writer in
                    writer.int32("code", 64)
                    writer.string("errmsg", "waiting for replication timed out")
                }
            }
            let results = server.run([try FailingServer.create("there"), try FailingServer.create("new")])
            #expect(Self.outcome(results[0])?.code == .alreadyExists)
            let error = try #require(Self.outcome(results[1]))
            #expect(error.code == .unavailable && !error.isOutcomeKnown)
        }
    }

    /// A server that is no primary has done nothing; but what the driver has sent twice, it may have done at first.
    @Test(arguments: [TestProgram.secantusdb, .secantusdbReplicaSet])
    func aServerThatIsNoPrimaryHasDoneNothing(_ program: TestProgram) async throws {
        try await blocking {
            let server = try FailingServer(program)
            let filter = try Filter().match("key", "k")
            try server.run(try FailingServer.create("k"))
            for operation in [try FailingServer.create("new"), .update(try FailingServer.document(["n": 2]), filter), .deleteOne(filter)] {
                try server.fail(["insert", "findAndModify", "delete"], times: 2) { $0.int32("errorCode", 10107) }
                let error = try #require(server.failure(operation))
                #expect(error.code == .unavailable && error.isRetryable)
                #expect(error.isOutcomeKnown == (program == .secantusdb), "\(operation): \(error)")
                try server.recover()
            }
        }
    }

    /// A command that changes several may have changed some before it failed.
    @Test func whatChangesSeveralIsUnknown() async throws {
        try await blocking {
            let server = try FailingServer()
            try server.run(try FailingServer.create("k"))
            try server.fail(["delete"]) { $0.int32("errorCode", 8) }
            let error = try #require(server.failure(.deleteAll(try Filter().match("key", "k"))))
            #expect(error.code == .backendError && !error.isOutcomeKnown)
            try server.fail(["insert"]) { $0.int32("errorCode", 8) }
            for result in server.run([try FailingServer.create("a"), try FailingServer.create("b")]) {
                let error = try #require(Self.outcome(result))
                #expect(error.code == .backendError && !error.isOutcomeKnown)
            }
            try server.fail(["insert"]) { $0.int32("errorCode", 8) }
            #expect(server.failure(try FailingServer.create("a"))?.isOutcomeKnown == true)
        }
    }

    /// A create that is sent again collides with itself; when that cannot be looked up, nobody knows.
    @Test func aCollisionThatCannotBeLookedUpIsUnknown() async throws {
        try await blocking {
            let server = try FailingServer()
            let create = try FailingServer.create("k", id: Self.id)
            try server.run(create)
            try server.fail(["find"], times: 2) { $0.int32("errorCode", 11600) }
            let error = try #require(server.failure(create))
            #expect(error.code == .unavailable && !error.isOutcomeKnown)
            try server.run(create)
        }
    }

    /// A record may be over MongoDB's limit only, which is no affair of those that share its round trip.
    @Test func oneThatIsTooLargeFailsAlone() async throws {
        try await blocking {
            let server = try FailingServer()
            // A byte each here, eleven or so there.
            let list = RecordValue.list(Array(repeating: 1, count: 2 << 20))
            let results = server.run([
                try FailingServer.create("a"), try FailingServer.create("large", ["list": list]), try FailingServer.create("b"),
            ])
            #expect(results.map { Self.outcome($0)?.code } == [nil, .tooLarge, nil])
        }
    }

    /// An index that takes longer to build than the socket waits for an answer.
    @Test func aLongBuildIsAwaited() async throws {
        try await blocking {
            let server = try FailingServer(
                options: EngineServer.patience.replacing("socketTimeoutMS=60000", with: "socketTimeoutMS=10000"))
            try server.fail(["createIndexes"]) { writer in
                writer.boolean("blockConnection", true)
                writer.int32("blockTimeMS", 15_000)
            }
            var definition = RepositoryDefinition(name: "others")
            definition.indexes = [.init(fields: [try FieldPath("a")])]
            try server.define(definition)
        }
    }

    /// What a write looks at must be what it will meet.
    @Test func writesReadFromThePrimary() async throws {
        try await blocking {
            let server = try TestServer(.secantusdbReplicaSet)
            func find(readsPrimary: Bool, patience: String) throws {
                let host = "mongodb://\(server.address)/?directConnection=false&readPreference=secondary&\(patience)"
                let client = try MongoPool(MongoSettings(properties: ["host": host, "database": "reads"], connections: 1)).client()
                try MongoCollection(client: client, database: "reads", name: "items", readsPrimary: readsPrimary)
                    .find(BSONWriter.document { _ in }, options: BSONWriter.document { _ in }) { _ in true }
            }
            try find(readsPrimary: true, patience: EngineServer.patience)
            #expect(throws: MongoReadFailure.self, "there is no secondary") {
                try find(readsPrimary: false, patience: "serverSelectionTimeoutMS=3000")
            }
        }
    }
}
