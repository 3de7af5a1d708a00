// Filters, documents, errors and values are the protocol's own types: who imports the client needs them.
@_exported import SluiceProtocol

/// A client of a Sluice daemon: one connection, shared by any number of tasks, that finds its way back by itself.
///
///     let client = try await SluiceClient.connect()
///     let users = try await client.defineRepository("users", ["name": "users", "indexes": ["email"]])
///     let ann = try await users.save(User(email: "ann@example.org", name: "Ann"))
///
/// Requests wait for a daemon that is away, and for room among those in flight, until their
/// deadlines. The client ends with its last reference.
public final class SluiceClient: Sendable {
    /// How it behaves.
    public let options: ClientOptions
    let connection: Connection

    /// A client that connects with its first request.
    /// - Parameter path: the daemon's socket; nil looks where `SocketPath` says.
    /// - Throws: `unavailable` when the system has no descriptors or threads to give.
    public init(path: String? = nil, options: ClientOptions = ClientOptions()) throws(SluiceError) {
        self.options = options
        var settings = Connection.Machine.Settings()
        settings.name = options.name
        settings.greeting = options.timeout
        settings.grace = options.grace
        settings.backoff = options.backoff
        connection = try Connection(SocketPath(given: path), settings)
        try ConnectionThread.start(connection)
    }

    deinit { connection.close() }

    /// A client that is connected.
    /// - Parameters:
    ///   - path: the daemon's socket; nil looks where `SocketPath` says.
    ///   - timeout: how long the daemon may take to answer; overrides the options'.
    /// - Throws: `unavailable` at once when no daemon listens, naming the places; `unauthorized` when
    ///   one may not be used; `deadlineExceeded`.
    public static func connect(
        path: String? = nil, timeout: Duration? = nil, options: ClientOptions = ClientOptions()
    ) async throws(SluiceError) -> SluiceClient {
        var options = options
        if let timeout { options.timeout = timeout }
        let client = try SluiceClient(path: path, options: options)
        var call = client.call(.ping, deadline: options.timeout)
        call.failsWithoutDaemon = true
        _ = try await client.connection.perform(call).get()
        return client
    }

    /// Ends the connection. Requests under way fail as `unavailable`, as all later ones do.
    public func close() { connection.close() }

    /// What the daemon said of itself on the last connection; nil before the first.
    public var welcome: Welcome? { connection.welcome }

    /// Whether the daemon is there and answers.
    /// - Throws: `unavailable`, `deadlineExceeded`.
    public func ping(deadline: Duration? = nil) async throws(SluiceError) {
        _ = try await connection.perform(call(.ping, deadline: deadline)).get()
    }

    /// What engines the daemon supports, with each one's required properties, and what is configured.
    public func backends(deadline: Duration? = nil) async throws(SluiceError) -> StructuredValue {
        try await structured(.backends, deadline)
    }

    /// The daemon's counters.
    public func stats(deadline: Duration? = nil) async throws(SluiceError) -> StructuredValue { try await structured(.stats, deadline) }

    /// What is defined.
    public func repositories(deadline: Duration? = nil) async throws(SluiceError) -> [RepositoryDescription] {
        guard case .list(let descriptions) = try await structured(.repositories, deadline) else { throw Reply.unexpected("a list") }
        return descriptions.map(RepositoryDescription.init)
    }

    /// Defines a repository, or adds to its definition; again after each reconnect, before anything else is sent to it.
    /// - Parameter definition: keys and values as in PROTOCOL.md section 9, sent untouched.
    /// - Throws: `invalidInput` naming what is wrong, with reason `definitionConflict` when it differs from what is stored; `unsupported`.
    public func defineRepository(
        _ name: String, _ definition: StructuredValue, deadline: Duration? = nil
    ) async throws(SluiceError) -> Repository {
        var arguments = ArgumentsEncoder()
        arguments.definition(definition)
        var call = call(.define, deadline: deadline ?? options.defineDeadline)
        call.repository = name
        call.arguments = arguments.bytes
        let description = RepositoryDescription(try await connection.perform(call).get().structured())
        return Repository(client: self, name: name, description: description)
    }

    /// A handle for a repository that was defined before, by whomever.
    public func repository(_ name: String) -> Repository { Repository(client: self, name: name, description: nil) }

    private func structured(_ operation: Operation, _ deadline: Duration?) async throws(SluiceError) -> StructuredValue {
        try await connection.perform(call(operation, deadline: deadline)).get().structured()
    }

    /// A call that may be repeated if it is a read or a definition.
    func call(_ operation: Operation, deadline: Duration?) -> Call {
        Call(
            operation: operation, deadline: .now + (deadline ?? options.deadline), isRepeatable: !operation.isWrite || operation == .define)
    }
}
