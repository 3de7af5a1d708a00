import SluiceProtocol

/// A repository by its name: the operations, on documents as they are. Their typed sisters are in
/// `Repository+Records.swift`. A value that keeps its client.
///
/// Every operation throws `SluiceError`; `deadline` is the time for all of its attempts, the client's `options.deadline` unless given.
public struct Repository: Sendable {
    /// Whose repository it is.
    public let client: SluiceClient
    /// The name under which it was defined.
    public let name: String
    /// What the daemon said when it was defined; nil for a handle.
    public let description: RepositoryDescription?

    /// A record that matches.
    /// - Throws: `notFound`.
    public func getOne(_ filter: Filter, deadline: Duration? = nil) async throws(SluiceError) -> Document {
        try await perform(.getOne, deadline) { $0.filter(filter) }.document()
    }

    /// Every record that matches, in memory; `scan` walks without holding them all.
    /// - Parameters:
    ///   - limit: at most so many; 0 is no limit.
    ///   - offset: so many are passed over first.
    public func getAll(
        _ filter: Filter = Filter(), order: [SortField] = [], limit: Int = 0, offset: Int = 0, deadline: Duration? = nil
    ) async throws(SluiceError) -> [Document] {
        try await perform(.getAll, deadline) { $0.question(filter, order, limit, offset) }.documents()
    }

    /// How the engine answers a `getAll` with these arguments: a map with `engine`, `plan`, `finished`, `records` and perhaps `itemsRead`
    /// (PROTOCOL.md section 8).
    public func explain(
        _ filter: Filter = Filter(), order: [SortField] = [], limit: Int = 0, offset: Int = 0, deadline: Duration? = nil
    ) async throws(SluiceError) -> StructuredValue {
        try await perform(.explain, deadline) { $0.question(filter, order, limit, offset) }.structured()
    }

    /// One page of the records that match.
    /// - Parameter token: from the page before, with the same filter and order; nil starts.
    public func getPage(
        _ filter: Filter = Filter(), order: [SortField] = [], pageSize: Int = 500, token: String? = nil, deadline: Duration? = nil
    ) async throws(SluiceError) -> Page<Document> {
        let reply = try await perform(.getAll, deadline) { arguments in
            arguments.filter(filter)
            if !order.isEmpty { arguments.order(order) }
            arguments.pageSize(pageSize)
            if let token { arguments.token(token) }
        }
        return Page(records: try reply.documents(), next: reply.token)
    }

    /// Walks through the records that match, page by page; each page is fetched when the one before is used up.
    /// - Parameter token: where to go on; nil starts.
    public func scan(
        _ filter: Filter = Filter(), order: [SortField] = [], pageSize: Int = 500, token: String? = nil, deadline: Duration? = nil
    ) -> RecordSequence<Document> {
        RecordSequence(start: token) { token throws(SluiceError) in
            try await getPage(filter, order: order, pageSize: pageSize, token: token, deadline: deadline)
        }
    }

    /// Creates a record. Without an `id` it gets one here, which makes it safe to send again.
    /// - Returns: the record as stored.
    /// - Throws: `alreadyExists` when the id, the key or a unique index collides.
    @discardableResult
    public func save(_ object: Document, deadline: Duration? = nil) async throws(SluiceError) -> Document {
        let (object, isGenerated) = object.identified()
        return try await perform(.save, deadline, isRepeatable: isGenerated) { arguments in
            arguments.object(object)
            if isGenerated { arguments.generated(true) }
        }.document()
    }

    /// Sets the given top-level fields of one record that matches, and keeps its others.
    /// - Returns: the record as stored.
    /// - Throws: `notFound`; `invalidInput` for an empty filter or no fields.
    @discardableResult
    public func save(_ changes: Document, where filter: Filter, deadline: Duration? = nil) async throws(SluiceError) -> Document {
        try await perform(.save, deadline) { arguments in
            arguments.filter(filter)
            arguments.object(changes)
        }.document()
    }

    /// Creates many records, unordered, each for itself.
    /// - Returns: for each object, in their order, the record as stored or why it is not.
    public func saveMany(_ objects: [Document], deadline: Duration? = nil) async throws(SluiceError) -> [Result<Document, SluiceError>] {
        let identified = objects.map { $0.identified() }
        return try await perform(.saveMany, deadline, isRepeatable: identified.allSatisfy(\.isGenerated)) { arguments in
            arguments.objects(identified.map(\.0))
            arguments.generated(identified.map(\.isGenerated))
        }.outcomes()
    }

    /// Creates the record with the object's `id`, or full key, or sets the object's fields in the one that is there.
    /// - Returns: the record as stored.
    @discardableResult
    public func upsert(_ object: Document, deadline: Duration? = nil) async throws(SluiceError) -> Document {
        let (object, isGenerated) = object.identified()
        return try await perform(.upsert, deadline) { arguments in
            arguments.object(object)
            if isGenerated { arguments.generated(true) }
        }.document()
    }

    /// The record with the object's `id`, or full key, becomes the object.
    /// - Returns: the record as stored.
    /// - Throws: `notFound`.
    @discardableResult
    public func replace(_ object: Document, deadline: Duration? = nil) async throws(SluiceError) -> Document {
        try await perform(.replace, deadline) { $0.object(object) }.document()
    }

    /// Deletes one record that matches.
    /// - Throws: `notFound`; `invalidInput` for an empty filter.
    public func deleteOne(_ filter: Filter, deadline: Duration? = nil) async throws(SluiceError) {
        _ = try await perform(.deleteOne, deadline) { $0.filter(filter) }
    }

    /// Deletes every record that matches; not atomic.
    /// - Parameter all: says that an empty filter, which means every record, is no mistake.
    /// - Returns: how many went; a failure says it in the detail `deleted`.
    @discardableResult
    public func deleteAll(_ filter: Filter, all: Bool = false, deadline: Duration? = nil) async throws(SluiceError) -> Int {
        try await perform(.deleteAll, deadline) { arguments in
            arguments.filter(filter)
            if all { arguments.all(true) }
        }.integer()
    }

    /// How many records match.
    public func count(_ filter: Filter = Filter(), deadline: Duration? = nil) async throws(SluiceError) -> Int {
        try await perform(.count, deadline) { $0.filter(filter) }.integer()
    }

    private func perform(
        _ operation: Operation, _ deadline: Duration?, isRepeatable: Bool = false, _ fill: (inout ArgumentsEncoder) -> Void
    ) async throws(SluiceError) -> Reply {
        var arguments = ArgumentsEncoder()
        fill(&arguments)
        var call = client.call(operation, deadline: deadline)
        call.repository = name
        call.arguments = arguments.bytes
        call.isRepeatable = call.isRepeatable || isRepeatable
        return try await client.connection.perform(call).get()
    }
}

extension ArgumentsEncoder {
    fileprivate mutating func question(_ filter: Filter, _ order: [SortField], _ limit: Int, _ offset: Int) {
        self.filter(filter)
        if !order.isEmpty { self.order(order) }
        if limit != 0 { self.limit(limit) }
        if offset != 0 { self.offset(offset) }
    }
}
