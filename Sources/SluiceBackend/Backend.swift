import SluiceProtocol

/// An engine as the server sees it: it says how many connections it wants and opens them. Shared by all threads; the connections are not.
public protocol Backend: AnyObject, Sendable {
    /// The engine's name: `sqlite`, `mongodb`, `dynamodb`, `postgresql`.
    var engine: String { get }

    /// What it can do before any repository is defined.
    var capabilities: Capabilities { get }

    /// One role for each connection of the pool. One thread owns each connection for life.
    var connectionRoles: [ConnectionRole] { get }

    /// What the engine counts about itself, for `stats`: names and numbers. Asked on the loop, so it must not wait.
    var statistics: [StructuredValue.Entry] { get }

    /// Whether an operation can share a round trip with others of its direction. One that cannot is given to a connection alone, so that
    /// the other connections work on others at the same time.
    func sharesRoundTrips(_ operation: RepositoryOperation, on repository: DefinedRepository) -> Bool

    /// Checks before the daemon listens what can be checked without an engine that may be away: files, folders, settings.
    /// - Throws: what would make every connection fail for ever.
    func prepare() throws(SluiceError)

    /// Opens a connection, on the thread that will own it.
    /// - Throws: `unavailable` when the engine cannot be reached now (the pool tries again), any other code when it never will.
    func openConnection(_ role: ConnectionRole) throws(SluiceError) -> any BackendConnection
}

extension Backend {
    /// Nothing, for an engine that counts nothing of its own.
    public var statistics: [StructuredValue.Entry] { [] }

    /// All can, for an engine that commits them together.
    public func sharesRoundTrips(_: RepositoryOperation, on _: DefinedRepository) -> Bool { true }
}
