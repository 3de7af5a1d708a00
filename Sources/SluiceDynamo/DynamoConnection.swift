import SluiceBackend
import SluiceProtocol

/// One connection of the pool to DynamoDB, which may have several requests under way. Owned by the thread that opened it; what it does
/// stands in the extensions beside this file.
final class DynamoConnection: BackendConnection {
    let limits: Limits
    var ids = RecordIdSource()
    /// Items that DynamoDB has read for this connection, for `explain`.
    private(set) var itemsRead = 0
    let policy: RetryPolicy
    private let client: DynamoClient
    private let layouts: LayoutRegistry<DynamoLayout>
    private let statistics: DynamoStatistics
    private let clock: @Sendable () -> Timestamp

    /// A connection over a client.
    init(
        _ client: DynamoClient, policy: RetryPolicy, layouts: LayoutRegistry<DynamoLayout>, limits: Limits, statistics: DynamoStatistics,
        clock: @escaping @Sendable () -> Timestamp
    ) {
        self.client = client
        self.policy = policy
        self.layouts = layouts
        self.limits = limits
        self.statistics = statistics
        self.clock = clock
    }

    /// The time now, on the wall.
    var now: Timestamp { clock() }

    /// How long DynamoDB may take to be found there, milliseconds.
    private static let pingMilliseconds = 5_000

    /// Asks whether DynamoDB is there; that it does not allow the question is an answer too.
    /// - Throws: `unavailable`.
    func ping() throws(SluiceError) {
        let request = DynamoRequest(target: "ListTables", body: Array("{\"Limit\":1}".utf8))
        guard case .failure(let failure) = send([request], deadline: .now.advanced(milliseconds: Self.pingMilliseconds))[0],
            failure.kind != .service
        else { return }
        var error = failure.error(isWrite: false)
        error.code = .unavailable
        throw error
    }

    func define(_ definition: RepositoryDefinition, deadline: MonotonicTime) throws(SluiceError) -> DefinedRepository {
        let addition = try layouts[definition.name]?.definition.adding(definition)
        let layout = DynamoLayout(addition?.definition ?? definition, limits: limits)
        let notices = try makeReady(layout, deadline: deadline)
        layouts.add(layout, named: layout.definition.name)
        return DefinedRepository(
            definition: layout.definition, capabilities: DynamoBackend.capabilities(of: layout.definition),
            // What differs from the definition before differs from the table too.
            notices: notices + (addition?.notices ?? []).filter { !notices.contains($0) })
    }

    func execute(_ operations: [PendingOperation], on repository: DefinedRepository) -> [Result<OperationResult, SluiceError>] {
        let layout = layouts[repository.definition.name] ?? DynamoLayout(repository.definition, limits: limits)
        let batch = Batch(layout: layout, now: now)
        return operations[0].operation.isWrite ? write(operations, batch) : read(operations, batch)
    }

    /// Nothing is left to delete: DynamoDB does it by the time-to-live attribute.
    func deleteExpired(_ repository: DefinedRepository) -> Int { 0 }

    /// What the operations of one batch have in common.
    struct Batch {
        let layout: DynamoLayout
        let now: Timestamp
        let compiler: ConditionCompiler

        init(layout: DynamoLayout, now: Timestamp) {
            self.layout = layout
            self.now = now
            compiler = ConditionCompiler(layout)
        }

        /// Whether a record may be seen and satisfies a filter.
        func matches(_ record: Document, _ filter: Filter) -> Bool { layout.rules.isLive(record, at: now) && filter.matches(record) }
    }

    // MARK: requests

    /// Sends requests, several at once, and waits for all.
    func send(_ requests: [DynamoRequest], deadline: MonotonicTime) -> [Result<DynamoReply, DynamoFailure>] {
        let results = client.send(requests, deadline: deadline)
        statistics.count(results)
        return results
    }

    /// Sends a request that reads.
    func ask(_ request: DynamoRequest, _ batch: Batch, deadline: MonotonicTime) throws(SluiceError) -> DynamoAnswer {
        try answer(to: send([request], deadline: deadline)[0], batch)
    }

    /// The answer to a request that reads.
    func answer(to result: Result<DynamoReply, DynamoFailure>, _ batch: Batch) throws(SluiceError) -> DynamoAnswer {
        switch result {
        case .success(let reply): return try answer(reply.body, batch, isWrite: false)
        case .failure(let failure): throw failure.error(isWrite: false)
        }
    }

    /// Reads an answer's body.
    func answer(_ body: [UInt8], _ batch: Batch, isWrite: Bool) throws(SluiceError) -> DynamoAnswer {
        let answer = try DynamoAnswer(body, batch.layout)
        if !isWrite { itemsRead += max(answer.scannedCount, answer.records.count) }
        statistics.count(answer, isWrite: isWrite)
        return answer
    }

    /// The error for a record that is not there.
    static var notFound: SluiceError { SluiceError(.notFound, "no record matches") }

    /// The error for a record that others change all the time.
    static var isRestless: SluiceError { SluiceError(.overloaded, "the record is changed by others all the time; try again") }

    /// How often a write looks again when its record changed meanwhile.
    static let attempts = 8
}

extension PendingOperation {
    /// - Parameter start: when the engine begins.
    /// - Throws: `deadlineExceeded` when it is too late to start.
    func checkDeadline(at start: MonotonicTime = .now) throws(SluiceError) {
        guard deadline > start else { throw SluiceError(.deadlineExceeded, "the deadline passed before the engine began") }
    }
}
