import SluiceProtocol

/// A repository that an engine has made ready. Immutable: adding to the definition makes a new one.
public final class DefinedRepository: Sendable {
    /// The sum of everything defined.
    public let definition: RepositoryDefinition
    /// What the engine can do for it.
    public let capabilities: Capabilities
    /// Differences that were reported, not applied.
    public let notices: [String]

    /// A repository as the engine made it.
    public init(definition: RepositoryDefinition, capabilities: Capabilities, notices: [String] = []) {
        self.definition = definition
        self.capabilities = capabilities
        self.notices = notices
    }
}
