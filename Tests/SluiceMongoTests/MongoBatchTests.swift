import SluiceBackend
import SluiceProtocol
import SluiceTesting
import Testing

@testable import SluiceMongo

/// What in one request could end a whole round trip to MongoDB, and must not.
@Suite(.serialized) struct MongoBatchTests {
    private static var deadline: MonotonicTime { .now.advanced(milliseconds: 120_000) }

    private static func pending(_ operation: RepositoryOperation) -> PendingOperation { PendingOperation(operation, deadline: deadline) }

    private static func id(_ number: Int) -> ArraySlice<UInt8> { ArraySlice(RecordID.text(number).utf8) }

    /// A record with an id and one more field, which `value` writes.
    private static func record(_ number: Int, _ value: (inout MessagePackWriter) -> Void) -> Document {
        var writer = MessagePackWriter()
        writer.mapHead(2)
        writer.string("id")
        Scalar.string(id(number)).write(to: &writer)
        writer.string("v")
        value(&writer)
        return Document(trusted: writer.bytes[...])
    }

    /// Runs a test on a connection and a new repository.
    private func withConnection(
        to server: EngineServer, hashKey: String? = nil,
        _ body: @escaping @Sendable (MongoConnection, MongoCollection, DefinedRepository) throws -> Void
    ) async throws {
        let address = try await server.address()
        try await blocking {
            let backend = try MongoBackend(properties: ["host": address, "database": "batches"], connections: 1, limits: Limits())
            let connection = try #require(try backend.openConnection(.readsAndWrites) as? MongoConnection)
            let name = "batches-\(UInt64.random(in: 0 ... .max))"
            var definition = RepositoryDefinition(name: name)
            if let hashKey { definition.hashKey = .init(name: hashKey, type: .string) }
            let repository = try connection.define(definition, deadline: Self.deadline)
            try body(connection, connection.collection(name, forWrites: true), repository)
        }
    }

    @Test(arguments: EngineServer.mongodb) func aStoredRecordThatCannotBeShownFailsItsOwnReadOnly(_ server: EngineServer) async throws {
        try await withConnection(to: server) { connection, collection, repository in
            let creates = (0..<63).map { number in
                Self.pending(.create(Self.record(number) { $0.integer(Int64(number)) }, isGenerated: false))
            }
            for result in connection.execute(creates, on: repository) { _ = try result.get() }
            // Another program's, nested deeper than callers may be given.
            let deep = (0..<40).reduce("1") { json, _ in "{\"a\": \(json)}" }
            let id = String(decoding: Self.id(63), as: UTF8.self)
            let foreign = LibBSON.document(json: "{\"_id\": {\"$oid\": \"\(id)\"}, \"v\": \(deep)}")
            #expect(try collection.insert([foreign], maxTimeMilliseconds: 0).isEmpty)
            let reads = (0..<64).map { Self.pending(.getOne(Filter([Condition(.id, .equal(.string(Self.id($0))))]))) }
            let results = connection.execute(reads, on: repository)
            #expect(results.count == 64)
            for result in results.prefix(63) { _ = try result.get() }
            #expect(try #require(throws: SluiceError.self) { try results[63].get() }.code == .backendError)
        }
    }

    @Test(arguments: EngineServer.mongodb) func aRecordOverMongosOwnLimitFailsAlone(_ server: EngineServer) async throws {
        try await withConnection(to: server) { connection, _, repository in
            // One byte an element here, ten and more in BSON, which writes each one's index as text.
            let count = 1_600_000
            let creates = (0..<64).map { number in
                let record = Self.record(number) { writer in
                    guard number == 30 else { return writer.integer(Int64(number)) }
                    writer.listHead(count)
                    writer.raw(repeatElement(1, count: count))
                }
                return Self.pending(.create(record, isGenerated: false))
            }
            let results = connection.execute(creates, on: repository)
            #expect(results.count == 64)
            for (number, result) in results.enumerated() where number != 30 { _ = try result.get() }
            let error = try #require(throws: SluiceError.self) { try results[30].get() }
            #expect(error.code == .tooLarge && error.limit == "maxBsonObjectSize" && error.isOutcomeKnown)
            guard case .count(63) = try connection.execute([Self.pending(.count(Filter()))], on: repository)[0].get() else {
                Issue.record("not every other record is there")
                return
            }
        }
    }

    @Test(arguments: EngineServer.mongodb) func readsByTwoFieldsAreAllAnsweredInOneBatch(_ server: EngineServer) async throws {
        try await withConnection(to: server, hashKey: "v") { connection, _, repository in
            let creates = (0..<40).map { number in
                Self.pending(.create(Self.record(number) { $0.string("v\(number)") }, isGenerated: false))
            }
            for result in connection.execute(creates, on: repository) { _ = try result.get() }
            // In turns by id and by key, every tenth for a record that is not there.
            let reads = try (0..<40).map { number in
                let wanted = number % 10 == 9 ? number + 1_000 : number
                let condition =
                    number % 2 == 0
                    ? Condition(.id, .equal(.string(Self.id(wanted))))
                    : Condition(try FieldPath("v"), .equal(.string(Array("v\(wanted)".utf8)[...])))
                return Self.pending(.getOne(Filter([condition])))
            }
            let results = connection.execute(reads, on: repository)
            #expect(results.count == 40)
            for (number, result) in results.enumerated() {
                if number % 10 == 9 {
                    #expect(try #require(throws: SluiceError.self) { try result.get() }.code == .notFound)
                    continue
                }
                guard case .record(let record) = try result.get(), case .scalar(.string(let id)) = record[.id] else {
                    Issue.record("no record")
                    continue
                }
                #expect(id == Self.id(number))
            }
        }
    }

    /// How many commands of a kind the server has run on a collection
    /// (https://www.mongodb.com/docs/manual/reference/command/top/).
    private static func commands(_ kind: String, on collection: MongoCollection) throws -> Int64 {
        let administrator = MongoCollection(client: collection.client, database: "admin", name: "", readsPrimary: true)
        let count = try administrator.command(BSONWriter.document { $0.int32("top", 1) }, isWrite: false) { reply in
            let path = ["totals", "\(collection.database).\(collection.name)", kind]
            return Result { () throws(SluiceError) in
                var document = reply
                for name in path {
                    guard let element = try document.element(name) else { return Int64?.none }
                    document = element.value
                }
                return try document.element("count")?.integer
            }
        }
        return try #require(try count.get())
    }

    @Test(arguments: EngineServer.mongodb) func aBatchIsOneInsertAndOneQuestionForEachField(_ server: EngineServer) async throws {
        try await withConnection(to: server, hashKey: "v") { connection, collection, repository in
            func cost(_ kind: String, _ operations: [PendingOperation]) throws -> Int64 {
                let before = try Self.commands(kind, on: collection)
                let results = connection.execute(operations, on: repository)
                #expect(results.count == operations.count)
                for result in results { _ = try result.get() }
                return try Self.commands(kind, on: collection) - before
            }
            let creates = (0..<40).map { number in
                Self.pending(.create(Self.record(number) { $0.string("v\(number)") }, isGenerated: false))
            }
            #expect(try cost("insert", creates) == 1)
            let byID = (0..<40).map { Self.pending(.getOne(Filter([Condition(.id, .equal(.string(Self.id($0))))]))) }
            #expect(try cost("queries", byID) == 1)
            #expect(try cost("queries", Array(repeating: byID[0], count: 40)) == 1)
            let key = try FieldPath("v")
            let byKey = (0..<40).map { number in
                Self.pending(.getOne(Filter([Condition(key, .equal(.string(Array("v\(number)".utf8)[...])))])))
            }
            #expect(try cost("queries", zip(byID, byKey).flatMap { [$0, $1] }) == 2)
            // What shows that single ones are counted too.
            #expect(try byID.prefix(3).reduce(0) { try $0 + cost("queries", [$1]) } == 3)
        }
    }
}
