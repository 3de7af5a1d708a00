import SluiceBackend
import SluiceProtocol

/// A repository under test. Requests go in as they come over the wire, and results come out as the server would send them: parts put
/// together, tokens as text.
public final class ConformanceRepository {
    /// As the engine made it.
    let defined: DefinedRepository
    private let reads: any BackendConnection
    private let writes: any BackendConnection

    /// A filter as it stands on the wire: lists of field, operator and value.
    typealias Conditions = [RecordValue]

    init(_ defined: DefinedRepository, reads: any BackendConnection, writes: any BackendConnection) {
        self.defined = defined
        self.reads = reads
        self.writes = writes
    }

    /// An operation from arguments as they come over the wire.
    static func operation(_ operation: Operation, _ arguments: [Int64: RecordValue]) throws(SluiceError) -> RepositoryOperation {
        var writer = MessagePackWriter()
        writer.mapHead(arguments.count)
        for (key, value) in arguments {
            writer.integer(key)
            value.write(to: &writer)
        }
        return try self.operation(operation, bytes: writer.bytes)
    }

    /// An operation from its arguments' MessagePack.
    static func operation(_ operation: Operation, bytes: [UInt8]) throws(SluiceError) -> RepositoryOperation {
        try RepositoryOperation(
            operation, repository: "conformance", try RequestArguments(bytes[...]), maxPageSize: Limits().maxPageSize)
    }

    /// Runs operations in one batch.
    func run(_ operations: [RepositoryOperation], deadline: MonotonicTime? = nil) -> [Result<OperationResult, SluiceError>] {
        // Far longer than a loaded machine takes, so that a case fails instead of hanging.
        let deadline = deadline ?? .now.advanced(milliseconds: 120_000)
        return run(operations.map { PendingOperation($0, deadline: deadline) })
    }

    /// Runs operations in one batch, each with a deadline of its own.
    func run(_ operations: [PendingOperation]) -> [Result<OperationResult, SluiceError>] {
        var results: [Result<OperationResult, SluiceError>] = []
        let connection = operations[0].operation.isWrite ? writes : reads
        while results.count < operations.count {
            let answered = connection.execute(Array(operations[results.count...]), on: defined)
            precondition(!answered.isEmpty, "an engine answers at least one operation of a batch")
            results += answered
        }
        return results
    }

    /// Runs one operation.
    func run(_ operation: RepositoryOperation, deadline: MonotonicTime? = nil) throws(SluiceError) -> OperationResult {
        try run([operation], deadline: deadline)[0].get()
    }

    private func run(_ operation: Operation, _ arguments: [Int64: RecordValue]) throws(SluiceError) -> OperationResult {
        try run(try Self.operation(operation, arguments))
    }

    private func record(_ result: OperationResult) throws -> RecordValue {
        guard case .record(let document) = result else { throw ConformanceFailure("expected a record, found \(result)", #line, #fileID) }
        return try RecordValue(document)
    }

    // MARK: writing

    /// Creates.
    @discardableResult
    func save(_ object: RecordValue, generated: Bool = false) throws -> RecordValue {
        try record(try run(.save, [2: object, 9: .boolean(generated)]))
    }

    /// Updates.
    @discardableResult
    func save(_ object: RecordValue, _ conditions: Conditions) throws -> RecordValue {
        try record(try run(.save, [2: object, 1: .list(conditions)]))
    }

    /// Creates many: what came of each.
    func saveMany(_ objects: [RecordValue], generated: [Bool]? = nil) throws -> [Result<RecordValue, SluiceError>] {
        var arguments: [Int64: RecordValue] = [3: .list(objects)]
        if let generated { arguments[9] = .list(generated.map { .boolean($0) }) }
        guard case .outcomes(let outcomes) = try run(.saveMany, arguments) else {
            throw ConformanceFailure("expected outcomes", #line, #fileID)
        }
        return outcomes.map { outcome in outcome.flatMap { record in Result { () throws(SluiceError) in try RecordValue(record) } } }
    }

    /// Creates many, each of which must succeed.
    @discardableResult
    func fill(_ objects: [RecordValue]) throws -> [RecordValue] { try saveMany(objects).map { try $0.get() } }

    @discardableResult
    func upsert(_ object: RecordValue, generated: Bool = false) throws -> RecordValue {
        try record(try run(.upsert, [2: object, 9: .boolean(generated)]))
    }

    @discardableResult
    func replace(_ object: RecordValue) throws -> RecordValue { try record(try run(.replace, [2: object])) }

    func deleteOne(_ conditions: Conditions) throws {
        guard case .done = try run(.deleteOne, [1: .list(conditions)]) else { throw ConformanceFailure("expected nothing", #line, #fileID) }
    }

    @discardableResult
    func deleteAll(_ conditions: Conditions, all: Bool = false) throws -> Int {
        try count(try run(.deleteAll, [1: .list(conditions), 8: .boolean(all)]))
    }

    /// Deletes expired records until none are left; answers how many.
    func deleteExpired() throws -> Int {
        var deleted = 0
        while case let count = try writes.deleteExpired(defined), count > 0 { deleted += count }
        return deleted
    }

    // MARK: reading

    func getOne(_ conditions: Conditions) throws -> RecordValue { try record(try run(.getOne, [1: .list(conditions)])) }

    func count(_ conditions: Conditions = []) throws -> Int { try count(try run(.count, [1: .list(conditions)])) }

    private func count(_ result: OperationResult) throws -> Int {
        guard case .count(let count) = result else { throw ConformanceFailure("expected a count, found \(result)", #line, #fileID) }
        return count
    }

    /// All records, from as many parts as there are.
    /// - Parameter order: `"field"` ascending, `"-field"` descending.
    func getAll(_ conditions: Conditions = [], order: [String] = [], limit: Int = 0, offset: Int = 0) throws -> [RecordValue] {
        try rest(
            try Self.operation(
                .getAll,
                [1: .list(conditions), 4: Self.order(order), 5: .integer(Int64(limit)), 6: .integer(Int64(offset))])
        ).records
    }

    /// One page, and the token of the next.
    func page(
        _ conditions: Conditions = [], order: [String] = [], size: Int, token: String? = nil
    ) throws -> (records: [RecordValue], token: String?) {
        var arguments: [Int64: RecordValue] = [1: .list(conditions), 4: Self.order(order), 10: .integer(Int64(size))]
        if let token { arguments[7] = .string(token) }
        return try rest(try Self.operation(.getAll, arguments))
    }

    /// All pages of a walk; `between` runs after each but the last.
    func walk(
        _ conditions: Conditions = [], order: [String] = [], size: Int, between: (Int) throws -> Void = { _ in }
    ) throws -> [RecordValue] {
        var records: [RecordValue] = []
        var token: String?
        repeat {
            let page = try page(conditions, order: order, size: size, token: token)
            try expect(page.records.count <= size, "a page holds at most \(size) records")
            try expect(page.token == nil || !page.records.isEmpty, "a page before the last is not empty")
            records += page.records
            token = page.token
            if token != nil { try between(records.count) }
        } while token != nil
        return records
    }

    private static func order(_ fields: [String]) -> RecordValue {
        .list(fields.map { $0.hasPrefix("-") ? [.string(String($0.dropFirst())), "desc"] : [.string($0), "asc"] })
    }

    /// As the server puts parts together.
    private func rest(_ operation: RepositoryOperation) throws -> (records: [RecordValue], token: String?) {
        guard case .getAll(var query) = operation else { preconditionFailure("only getAll has parts") }
        let digest = PageToken.digest(repository: "conformance", filter: query.filter, order: query.order)
        var records: [RecordValue] = []
        while true {
            guard case .page(let page) = try run(.getAll(query)) else { throw ConformanceFailure("expected a page", #line, #fileID) }
            records += try Self.records(page)
            let wanted = query.pageSize ?? query.limit
            if page.next == nil || wanted.map({ page.count >= $0 }) ?? false {
                guard query.pageSize != nil, let next = page.next else { return (records, nil) }
                return (records, PageToken(digest: digest, keys: next.keys, id: next.id).text)
            }
            query.after = page.next
            query.offset = 0
            query.limit = query.limit.map { $0 - page.count }
            query.pageSize = query.pageSize.map { $0 - page.count }
        }
    }

    private static func records(_ page: RecordPage) throws -> [RecordValue] {
        var records: [RecordValue] = []
        try page.bytes.withUnsafeBytes { bytes in
            var reader = MessagePackReader(bytes)
            for _ in 0..<page.count { records.append(try RecordValue(&reader)) }
            try expect(reader.isAtEnd, "a page holds as many records as it says")
        }
        return records
    }
}
