import ArgumentParser
import SluiceClient

/// `sluice repositories`: what is defined.
struct RepositoriesCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "repositories",
        abstract: "List what is defined, and where it is kept.",
        discussion: """
              sluice repositories
              sluice repositories --json                whole definitions and capabilities, one repository a line
            """)

    @OptionGroup var shared: SharedOptions

    func perform(_ client: SluiceClient, _ output: Output) async throws {
        let repositories = try await client.repositories().sorted { $0.repository < $1.repository }
        if shared.json {
            for repository in repositories { try output.json(repository.structured) }
            return
        }
        guard !repositories.isEmpty else { return StandardError.note("nothing is defined yet; 'sluice define NAME' defines a repository") }
        let rows = repositories.map { repository in
            [
                repository.repository, repository.backend, repository.definition["name"]?.string ?? "", repository.key,
                repository.indexes.joined(separator: ", "),
            ].map { Cell(DisplayText.safe($0)) }
        }
        try output.table(["repository", "backend", "kept in", "key", "indexes"], rows)
    }
}

/// A definition for people and for scripts.
extension RepositoryDescription {
    /// The key's fields.
    var key: String {
        let hash = definition["hashKey"]?.string ?? "id"
        return definition["rangeKey"]?.string.map { "\(hash), \($0)" } ?? hash
    }

    /// Each index as `field+field`, with `unique` and `GSI` said.
    var indexes: [String] {
        var texts: [String] = []
        if case .list(let indexes)? = definition["indexes"] { texts += indexes.map(Self.text) }
        if case .map(let entries)? = definition["GSI"] { texts += entries.map { "\($0.key) (GSI)" } }
        return texts
    }

    private static func text(_ index: StructuredValue) -> String {
        if let field = index.string { return field }
        guard case .list(let fields)? = index["fields"] else { return index.json() }
        return fields.compactMap(\.string).joined(separator: "+") + (index["unique"]?.boolean == true ? " (unique)" : "")
    }

    /// What the daemon answered.
    var structured: StructuredValue {
        .map([
            "repository": .string(repository), "definition": definition, "backend": .string(backend),
            "capabilities": .map(capabilities.sorted { $0.key < $1.key }.map { .init($0.key, .boolean($0.value)) }),
            "notices": .list(notices.map { .string($0) }),
        ])
    }
}
