import SluiceBackend
import SluiceProtocol
import SluiceTesting
import Synchronization

@testable import SluiceMongo

/// A server whose commands fail as the test says (https://github.com/mongodb/mongo/wiki/The-failCommand-Fail-Point), and a
/// repository on it through one connection, in a database of its own. Owned by the test, the server by all of them: one test at a time.
final class FailingServer {
    private static let servers = Mutex<[TestProgram: TestServer]>([:])
    private static let count = Atomic(0)

    private let server: TestServer
    private let database: String
    private let repository: DefinedRepository
    private let connection: any BackendConnection
    private let administrator: MongoCollection

    /// - Parameter options: of the URI.
    init(_ program: TestProgram = .secantusdb, options: String = EngineServer.patience) throws {
        server = try Self.servers.withLock { servers in
            if let server = servers[program] { return server }
            let server = try TestServer(program, arguments: ["--enable-test-commands"])
            servers[program] = server
            return server
        }
        database = "failing\(Self.count.add(1, ordering: .relaxed).newValue)"
        let host = "mongodb://\(server.address)/?\(EngineServer.patience)"
        let pool = try MongoPool(MongoSettings(properties: ["host": host, "database": "admin"], connections: 1))
        administrator = MongoCollection(client: try pool.client(), database: "admin", name: "", readsPrimary: true)
        connection = try Self.connection(to: server, database, options)
        var plain = RepositoryDefinition(name: "items")
        plain.hashKey = .init(name: "key", type: .string)
        repository = try connection.define(plain, deadline: .now.advanced(milliseconds: 60_000))
    }

    deinit { try? recover() }

    private static func connection(to server: TestServer, _ database: String, _ options: String) throws -> any BackendConnection {
        let host = "mongodb://\(server.address)/?\(options)"
        return try MongoBackend(properties: ["host": host, "database": database], connections: 1, limits: Limits())
            .openConnection(.readsAndWrites)
    }

    /// Defines another repository.
    func define(_ definition: RepositoryDefinition) throws(SluiceError) {
        _ = try connection.define(definition, deadline: .now.advanced(milliseconds: 60_000))
    }

    /// Lets the next commands fail.
    /// - Parameter fill: the fail point's data.
    func fail(_ commands: [String], times: Int32 = 1, _ fill: (inout BSONWriter) -> Void) throws {
        let command = BSONWriter.document { writer in
            writer.string("configureFailPoint", "failCommand")
            writer.document("mode") { $0.int32("times", times) }
            writer.document("data") { writer in
                writer.list("failCommands") { writer, index in for command in commands { writer.string(index.next(), command) } }
                fill(&writer)
            }
        }
        try administrator.command(command, isWrite: true) { _ in }
    }

    /// Lets everything that has a time limit be over it.
    func exceedEveryTime() throws { try set("maxTimeAlwaysTimeOut", "alwaysOn") }

    /// Lets nothing fail any more.
    func recover() throws {
        try set("failCommand", "off")
        try set("maxTimeAlwaysTimeOut", "off")
    }

    private func set(_ failPoint: String, _ mode: String) throws {
        let command = BSONWriter.document { writer in
            writer.string("configureFailPoint", failPoint)
            writer.string("mode", mode)
        }
        try administrator.command(command, isWrite: true) { _ in }
    }

    /// Runs operations in one batch.
    func run(_ operations: [RepositoryOperation]) -> [Result<OperationResult, SluiceError>] {
        connection.execute(operations.map { PendingOperation($0, deadline: .now.advanced(milliseconds: 60_000)) }, on: repository)
    }

    /// Runs one operation.
    @discardableResult
    func run(_ operation: RepositoryOperation) throws(SluiceError) -> OperationResult { try run([operation])[0].get() }

    /// The error of an operation that must fail.
    func failure(_ operation: RepositoryOperation) -> SluiceError? {
        do { try run(operation) } catch { return error }
        return nil
    }

    /// A create.
    static func create(_ key: String, id: String? = nil, _ fields: [String: RecordValue] = [:]) throws -> RepositoryOperation {
        var record = fields
        record["key"] = .string(key)
        record["id"] = id.map { .string($0) }
        return .create(try document(RecordValue(record)), isGenerated: id != nil)
    }

    /// A record.
    static func document(_ value: RecordValue) throws -> Document {
        var writer = MessagePackWriter()
        value.write(to: &writer)
        return try Document(validating: writer.bytes[...])
    }
}
