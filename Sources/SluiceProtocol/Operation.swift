/// The operations of the protocol; the raw value is the code on the wire (`protocol/operations.json`).
public enum Operation: Int64, Sendable, CaseIterable {
    /// Is the daemon there.
    case ping = 1
    /// What engines are supported and configured.
    case backends = 2
    /// Counters of the daemon.
    case stats = 3
    /// What is defined.
    case repositories = 4
    /// Define a repository, or add to its definition.
    case define = 5
    /// One record that matches.
    case getOne = 16
    /// Every record that matches, or a page of them.
    case getAll = 17
    /// Create, or with a filter update.
    case save = 18
    /// Delete one record that matches.
    case deleteOne = 19
    /// Delete every record that matches.
    case deleteAll = 20
    /// How many match.
    case count = 21
    /// Create many.
    case saveMany = 22
    /// Create or update one record by id or key.
    case upsert = 23
    /// Replace one record by id or key.
    case replace = 24
    /// How a question is answered.
    case explain = 25

    /// The name in `operations.json`, logs and errors.
    public var name: String {
        // Not by reflection: it is looked up for every request that fails.
        switch self {
        case .ping: "ping"
        case .backends: "backends"
        case .stats: "stats"
        case .repositories: "repositories"
        case .define: "define"
        case .getOne: "getOne"
        case .getAll: "getAll"
        case .save: "save"
        case .deleteOne: "deleteOne"
        case .deleteAll: "deleteAll"
        case .count: "count"
        case .saveMany: "saveMany"
        case .upsert: "upsert"
        case .replace: "replace"
        case .explain: "explain"
        }
    }

    /// Whether a request of this operation names a repository.
    public var needsRepository: Bool { rawValue >= Operation.define.rawValue }

    /// Whether the operation may change records or definitions.
    public var isWrite: Bool {
        switch self {
        case .ping, .backends, .stats, .repositories, .getOne, .getAll, .count, .explain: false
        case .define, .save, .deleteOne, .deleteAll, .saveMany, .upsert, .replace: true
        }
    }
}
