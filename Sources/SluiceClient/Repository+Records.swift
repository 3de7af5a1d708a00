import SluiceProtocol

// The operations on types of the caller's: anything Codable, `Record` for a dictionary.
extension Repository {
    /// A record that matches.
    /// - Throws: `notFound`; `invalidInput` with reason `recordType` when the record has another shape.
    public func getOne<Record: Decodable>(
        _ filter: Filter, as type: Record.Type = Record.self, deadline: Duration? = nil
    ) async throws(SluiceError) -> Record {
        try await getOne(filter, deadline: deadline).decoded(as: type)
    }

    /// Every record that matches, in memory.
    public func getAll<Record: Decodable>(
        _ filter: Filter = Filter(), order: [SortField] = [], limit: Int = 0, offset: Int = 0, as type: Record.Type = Record.self,
        deadline: Duration? = nil
    ) async throws(SluiceError) -> [Record] {
        try Self.decoded(try await getAll(filter, order: order, limit: limit, offset: offset, deadline: deadline), as: type)
    }

    /// One page of the records that match.
    public func getPage<Record: Decodable & Sendable>(
        _ filter: Filter = Filter(), order: [SortField] = [], pageSize: Int = 500, token: String? = nil, as type: Record.Type = Record.self,
        deadline: Duration? = nil
    ) async throws(SluiceError) -> Page<Record> {
        let page: Page<Document> = try await getPage(filter, order: order, pageSize: pageSize, token: token, deadline: deadline)
        return Page(records: try Self.decoded(page.records, as: type), next: page.next)
    }

    /// Walks through the records that match, page by page.
    public func scan<Record: Decodable & Sendable>(
        _ filter: Filter = Filter(), order: [SortField] = [], pageSize: Int = 500, token: String? = nil, as type: Record.Type = Record.self,
        deadline: Duration? = nil
    ) -> RecordSequence<Record> {
        RecordSequence(start: token) { token throws(SluiceError) in
            try await getPage(filter, order: order, pageSize: pageSize, token: token, as: Record.self, deadline: deadline)
        }
    }

    /// Creates a record; one whose `id` is missing gets it here.
    /// - Returns: the record as stored.
    /// - Throws: `alreadyExists`.
    @discardableResult
    public func save<Record: Codable>(_ record: Record, deadline: Duration? = nil) async throws(SluiceError) -> Record {
        try Self.stored(try await save(try Document(encoding: record), deadline: deadline))
    }

    /// Sets the fields of `changes` in one record that matches, and keeps its others.
    /// - Returns: the record as stored, as the type asked for.
    /// - Throws: `notFound`; `invalidInput` for an empty filter or no fields.
    @discardableResult
    public func save<Changes: Encodable, Record: Decodable>(
        _ changes: Changes, where filter: Filter, as type: Record.Type, deadline: Duration? = nil
    ) async throws(SluiceError) -> Record {
        try Self.stored(try await save(try Document(encoding: changes), where: filter, deadline: deadline))
    }

    /// Sets the fields of `changes` in one record that matches, and keeps its others.
    /// - Returns: the record as stored.
    /// - Throws: `notFound`; `invalidInput` for an empty filter or no fields.
    @discardableResult
    public func save<Changes: Encodable>(
        _ changes: Changes, where filter: Filter, deadline: Duration? = nil
    ) async throws(SluiceError) -> Document {
        try await save(try Document(encoding: changes), where: filter, deadline: deadline)
    }

    /// Creates many records, unordered, each for itself.
    /// - Returns: for each record, in their order, itself as stored or why it is not.
    public func saveMany<Record: Codable>(
        _ records: [Record], deadline: Duration? = nil
    ) async throws(SluiceError) -> [Result<Record, SluiceError>] {
        var objects: [Document] = []
        for record in records { objects.append(try Document(encoding: record)) }
        return try await saveMany(objects, deadline: deadline).map { outcome in
            outcome.flatMap { document in Result { () throws(SluiceError) in try Self.stored(document) } }
        }
    }

    /// Creates the record with this `id`, or full key, or sets its fields in the one that is there.
    /// - Returns: the record as stored.
    @discardableResult
    public func upsert<Record: Codable>(_ record: Record, deadline: Duration? = nil) async throws(SluiceError) -> Record {
        try Self.stored(try await upsert(try Document(encoding: record), deadline: deadline))
    }

    /// The record with this `id`, or full key, becomes this one.
    /// - Returns: the record as stored.
    /// - Throws: `notFound`.
    @discardableResult
    public func replace<Record: Codable>(_ record: Record, deadline: Duration? = nil) async throws(SluiceError) -> Record {
        try Self.stored(try await replace(try Document(encoding: record), deadline: deadline))
    }

    private static func decoded<Record: Decodable>(_ documents: [Document], as type: Record.Type) throws(SluiceError) -> [Record] {
        var records: [Record] = []
        records.reserveCapacity(documents.count)
        for document in documents { records.append(try document.decoded(as: type)) }
        return records
    }

    /// A write's answer; that it has another shape than asked for does not undo the write.
    private static func stored<Record: Decodable>(_ document: Document) throws(SluiceError) -> Record {
        do { return try document.decoded() } catch {
            var error = error
            error.isOutcomeKnown = false
            throw error
        }
    }
}
