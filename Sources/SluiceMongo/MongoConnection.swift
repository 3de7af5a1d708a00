import SluiceBackend
import SluiceProtocol

/// One connection of the pool to MongoDB. Owned by the thread that opened it; what it does stands in the extensions beside this file.
final class MongoConnection: BackendConnection {
    let limits: Limits
    var ids = RecordIdSource()
    private let client: MongoClient
    private let database: String
    private let layouts: LayoutRegistry<MongoLayout>
    private let clock: @Sendable () -> Timestamp

    /// A connection over a client.
    init(
        _ client: MongoClient, database: String, layouts: LayoutRegistry<MongoLayout>, limits: Limits,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.client = client
        self.database = database
        self.layouts = layouts
        self.limits = limits
        self.clock = clock
    }

    /// The time now, on the wall.
    var now: Timestamp { clock() }

    /// Asks whether a server is there.
    /// - Throws: `unavailable`.
    func ping() throws(SluiceError) {
        let command = BSONWriter.document { $0.int32("ping", 1) }
        do throws(MongoFailure) { try collection("", forWrites: false).command(command, isWrite: false) { _ in } } catch {
            throw error.error(isWrite: false)
        }
    }

    func define(_ definition: RepositoryDefinition, deadline: MonotonicTime) throws(SluiceError) -> DefinedRepository {
        let addition = try layouts[definition.name]?.definition.adding(definition)
        let layout = MongoLayout(addition?.definition ?? definition, limits: limits)
        let hasUniqueKey = try makeReady(layout, collection(definition.name, forWrites: true), deadline: deadline)
        layouts.add(layout, named: layout.definition.name)
        var capabilities = Capabilities()
        capabilities.uniqueKey = hasUniqueKey
        return DefinedRepository(definition: layout.definition, capabilities: capabilities, notices: addition?.notices ?? [])
    }

    func execute(_ operations: [PendingOperation], on repository: DefinedRepository) -> [Result<OperationResult, SluiceError>] {
        let name = repository.definition.name
        let layout = layouts[name] ?? MongoLayout(repository.definition, limits: limits)
        let isWrite = operations[0].operation.isWrite
        let batch = Batch(collection: collection(name, forWrites: isWrite), layout: layout, repository: repository, now: now)
        return isWrite ? write(operations, batch) : read(operations, batch)
    }

    /// Nothing is left to delete: MongoDB does it by the TTL index.
    func deleteExpired(_ repository: DefinedRepository) -> Int { 0 }

    func collection(_ name: String, forWrites: Bool) -> MongoCollection {
        MongoCollection(client: client, database: database, name: name, readsPrimary: forWrites)
    }

    /// What the operations of one batch have in common.
    struct Batch {
        let collection: MongoCollection
        let layout: MongoLayout
        let repository: DefinedRepository
        let now: Timestamp
        let filters: FilterCompiler

        init(collection: MongoCollection, layout: MongoLayout, repository: DefinedRepository, now: Timestamp) {
            self.collection = collection
            self.layout = layout
            self.repository = repository
            self.now = now
            filters = FilterCompiler(layout)
        }
    }
}

extension MonotonicTime {
    /// How long MongoDB may work until then, milliseconds; 0 is without end, as its `maxTimeMS` means it.
    /// - Throws: `deadlineExceeded` when it is too late to start.
    func maxTimeMilliseconds() throws(SluiceError) -> UInt32 {
        guard self != .distantFuture else { return 0 }
        let now = MonotonicTime.now
        guard self > now else { throw .tooLateToStart }
        return UInt32(clamping: max(1, (nanoseconds - now.nanoseconds) / 1_000_000))
    }
}

extension SluiceError {
    /// The error for what came to the engine after its deadline.
    static var tooLateToStart: SluiceError { SluiceError(.deadlineExceeded, "the deadline passed before the engine began") }
}
