import SluiceBackend
import SluiceProtocol

/// Every repository by name, and every backend's pool. Owned by the server, touched on the loop only.
final class RepositoryRegistry {
    /// The pools, the default one first.
    let pools: [ConnectionPool]
    /// What engines this daemon supports, for the operation `backends`.
    private let supported: [EngineDescription]
    private let limits: Limits
    private let weights: [ExactText: Int]
    /// Whether requests share round trips.
    let isBatching: Bool
    private var repositories: [ExactText: Repository] = [:]

    /// Takes over what was defined in earlier runs; definitions of a backend that is not configured
    /// any more are kept, and answered as undefined.
    init(
        pools: [ConnectionPool], supported: [EngineDescription], stored: [ExactText: RepositoryDefinition], configuration: Configuration
    ) {
        self.pools = pools
        self.supported = supported
        limits = configuration.limits
        weights = configuration.weights
        isBatching = configuration.isBatching
        for (name, definition) in stored {
            guard let pool = pool(named: definition.backend) else { continue }
            repositories[name] = repository(name, on: pool, definition)
        }
    }

    /// Every repository, by name.
    var all: [Repository] { repositories.values.sorted { $0.name < $1.name } }

    private func repository(_ name: ExactText, on pool: ConnectionPool, _ definition: RepositoryDefinition?) -> Repository {
        Repository(
            name: name.text, pool: pool, definition: definition, weight: weights[name] ?? 1,
            queue: RepositoryQueue(limits, isBatching: isBatching))
    }

    private func pool(named name: String?) -> ConnectionPool? {
        guard let name else { return pools[0] }
        return pools.first { $0.name == name }
    }

    /// The repository for an operation.
    /// - Throws: `invalidInput` with reason `undefinedRepository`.
    func repository(named name: String) throws(SluiceError) -> Repository {
        guard let repository = repositories[ExactText(name)], repository.isDefined else {
            throw .invalidInput("the repository was never defined; define it first", reason: "undefinedRepository")
        }
        return repository
    }

    /// The repository for a definition, made when there is none; `definition` gets its backend's name.
    /// - Throws: `invalidInput` for a bad name or an unknown backend, `tooLarge` when there are too many, a conflict with what is stored.
    func repository(named name: String, toDefine definition: inout RepositoryDefinition) throws(SluiceError) -> Repository {
        try RepositoryDefinition.check(name: name, as: "a repository's name")
        guard let pool = pool(named: definition.backend) else {
            let names = pools.map(\.name).joined(separator: ", ")
            throw .invalidInput(
                "the backend '\(definition.backend ?? "")' is not configured; configured: \(names)", reason: "unknownBackend")
        }
        definition.backend = pool.name
        if let repository = repositories[ExactText(name)] {
            // A difference is refused before any engine sees it.
            if let stored = repository.definition { _ = try stored.adding(definition) }
            return repository
        }
        guard repositories.count < limits.maxRepositories else {
            throw .tooLarge(
                "the daemon has \(limits.maxRepositories) repositories already", limit: "maxRepositories", value: limits.maxRepositories)
        }
        let repository = repository(ExactText(name), on: pool, nil)
        repositories[ExactText(name)] = repository
        return repository
    }

    /// A first definition has failed and nobody waits for another.
    func forgetIfUndefined(_ repository: Repository) {
        if repository.definition == nil, repository.queue.count == 0, !repository.isDefining {
            repositories[ExactText(repository.name)] = nil
            repository.pool.turns.remove(repository)
        }
    }

    /// The backends as the welcome announces them.
    var announced: StructuredValue {
        .list(
            pools.enumerated().map { index, pool in
                .map([
                    "name": .string(pool.name), "engine": .string(pool.backend.engine), "default": .boolean(index == 0),
                    "capabilities": pool.backend.capabilities.structured,
                ])
            })
    }

    /// What the operation `backends` answers.
    var backends: StructuredValue {
        let configured = pools.enumerated().map { index, pool in
            StructuredValue.map([
                "name": .string(pool.name), "engine": .string(pool.backend.engine), "default": .boolean(index == 0),
                "available": .boolean(pool.openError == nil),
            ])
        }
        return .map(["supported": .list(supported.map(\.structured)), "configured": .list(configured)])
    }
}

extension Repository {
    /// The answer to a definition that changes nothing, which stubs send after each reconnect; nil when an engine has to see it.
    func answerIfUnchanged(_ asked: RepositoryDefinition) -> StructuredValue? {
        guard !isDefining, let definition, let ready, let sum = try? definition.adding(asked), sum.definition == definition else {
            return nil
        }
        return structured(notices: sum.notices.isEmpty ? ready.notices : sum.notices)
    }
}
