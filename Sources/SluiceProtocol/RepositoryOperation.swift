/// A request to a repository with exactly the arguments its operation takes: what queues and engines see.
public enum RepositoryOperation: Sendable {
    /// One record that matches.
    case getOne(Filter)
    /// Records that match.
    case getAll(RecordQuery)
    /// How many match.
    case count(Filter)
    /// How a `getAll` is answered.
    case explain(RecordQuery)
    /// A new record; `isGenerated` says that the stub chose its id.
    case create(Document, isGenerated: Bool)
    /// Sets fields of one record that matches.
    case update(Document, Filter)
    /// Deletes one record that matches.
    case deleteOne(Filter)
    /// Deletes every record that matches.
    case deleteAll(Filter)
    /// New records; a flag for each says that the stub chose its id.
    case saveMany([Document], isGenerated: [Bool])
    /// Creates or updates the record with the object's id or key.
    case upsert(Document, isGenerated: Bool)
    /// Replaces the record with the object's id or key.
    case replace(Document)
    /// Defines the repository.
    case define(RepositoryDefinition)

    /// From an operation and its arguments.
    /// - Throws: `invalidInput` naming what is missing or does not go together.
    public init(
        _ operation: Operation, repository: String, _ arguments: borrowing RequestArguments, maxPageSize: Int
    ) throws(SluiceError) {
        switch operation {
        case .getOne: self = .getOne(try arguments.requiredFilter())
        case .getAll: self = .getAll(try arguments.query(repository: repository, maxPageSize: maxPageSize))
        case .count: self = .count(arguments.filter ?? Filter())
        case .explain: self = .explain(try arguments.query(repository: repository, maxPageSize: maxPageSize))
        case .save: self = try arguments.save()
        case .deleteOne:
            let filter = try arguments.requiredFilter()
            guard !filter.isEmpty else { throw .invalidInput("an empty filter would delete any record; use deleteAll with 'all'") }
            self = .deleteOne(filter)
        case .deleteAll:
            let filter = arguments.filter ?? Filter()
            guard !filter.isEmpty || arguments.all else {
                throw .invalidInput("an empty filter would delete every record; say so with 'all'")
            }
            self = .deleteAll(filter)
        case .saveMany:
            guard let objects = arguments.objects else { throw .invalidInput("'objects' is missing") }
            let flags = arguments.generatedEach ?? Array(repeating: false, count: objects.count)
            guard arguments.generated == nil, flags.count == objects.count else {
                throw .invalidInput("'generated' must be a list of \(objects.count) booleans, one for each object")
            }
            self = .saveMany(objects, isGenerated: flags)
        case .upsert: self = .upsert(try arguments.requiredObject(), isGenerated: try arguments.generatedFlag())
        case .replace: self = .replace(try arguments.requiredObject())
        case .define:
            guard let definition = arguments.definition else { throw .invalidInput("'definition' is missing") }
            self = .define(definition)
        case .ping, .backends, .stats, .repositories: throw .invalidInput("\(operation.name) is not an operation on a repository")
        }
    }

    /// Whether it may change records or definitions.
    public var isWrite: Bool {
        switch self {
        case .getOne, .getAll, .count, .explain: false
        default: true
        }
    }
}

extension RequestArguments {
    fileprivate func requiredFilter() throws(SluiceError) -> Filter {
        guard let filter else { throw .invalidInput("'filter' is missing") }
        return filter
    }

    fileprivate func requiredObject() throws(SluiceError) -> Document {
        guard let object else { throw .invalidInput("'object' is missing") }
        return object
    }

    fileprivate func generatedFlag() throws(SluiceError) -> Bool {
        guard generatedEach == nil else { throw .invalidInput("'generated' must be a boolean") }
        return generated ?? false
    }

    fileprivate func save() throws(SluiceError) -> RepositoryOperation {
        let object = try requiredObject()
        let isGenerated = try generatedFlag()
        guard let filter else { return .create(object, isGenerated: isGenerated) }
        guard !filter.isEmpty else { throw .invalidInput("an update needs a filter; an empty one would change any record") }
        guard object.count > 0 else { throw .invalidInput("an update needs at least one field") }
        return .update(object, filter)
    }

    fileprivate func query(repository: String, maxPageSize: Int) throws(SluiceError) -> RecordQuery {
        var query = RecordQuery(filter: filter ?? Filter(), order: order ?? [], limit: limit == 0 ? nil : limit, offset: offset ?? 0)
        guard let pageSize else {
            guard token == nil else { throw .invalidInput("'token' needs 'pageSize'") }
            return query
        }
        guard (1...maxPageSize).contains(pageSize) else {
            throw SluiceError(
                .invalidInput, "a page has 1 to \(maxPageSize) records, not \(pageSize)",
                details: ["limit": "maxPageSize", "value": .integer(Int64(maxPageSize))])
        }
        guard limit == nil, offset == nil else { throw .invalidInput("'limit' and 'offset' do not go with 'pageSize'") }
        query.pageSize = pageSize
        if let token {
            let digest = PageToken.digest(repository: repository, filter: query.filter, order: query.order)
            query.after = try PageToken(text: token, digest: digest, orderCount: query.order.count)
        }
        return query
    }
}
