import SluiceBackend
import SluiceProtocol

/// DynamoDB over HTTP by libcurl, its requests signed with libcrypto. Shared by all threads; each connection belongs to one.
public final class DynamoBackend: Backend {
    /// `dynamodb`.
    public let engine = "dynamodb"
    /// What a repository keyed by `id` and without GSIs has.
    public let capabilities: Capabilities = capabilities(of: RepositoryDefinition(name: "any"))
    /// Each connection does everything.
    public let connectionRoles: [ConnectionRole]
    private let settings: DynamoSettings
    private let limits: Limits
    private let credentials: CredentialChain
    private let budget: RetryBudget
    private let layouts = LayoutRegistry<DynamoLayout>()
    private let counters = DynamoStatistics()
    private let clock: @Sendable () -> Timestamp

    /// An engine by the properties of its configuration (contract section 1): `awsRegion`, `endpoint`, `credentials`, `profile`,
    /// `AWSSecretKeyID`, `AWSSecretAccessKey`, `AWSSessionToken`.
    /// - Parameter connections: of the pool; each may have several requests under way.
    /// - Throws: `invalidInput` for properties that cannot be used.
    public convenience init(properties: [String: String], connections: Int, limits: Limits) throws(SluiceError) {
        try self.init(
            DynamoSettings(properties, connections: connections), credentials: CredentialChain(properties), limits: limits,
            budget: RetryBudget(), clock: { Timestamp.now })
    }

    /// With retries and a clock that tests set.
    init(
        _ settings: DynamoSettings, credentials: CredentialChain, limits: Limits, budget: RetryBudget,
        clock: @escaping @Sendable () -> Timestamp
    ) throws(SluiceError) {
        self.settings = settings
        self.credentials = credentials
        self.limits = limits
        self.budget = budget
        self.clock = clock
        connectionRoles = Array(repeating: .readsAndWrites, count: settings.connections)
    }

    /// Requests, items read, capacity units consumed.
    public var statistics: [StructuredValue.Entry] { counters.entries }

    /// Nothing: the service may be away.
    public func prepare() {}

    /// A client, once DynamoDB has answered it.
    public func openConnection(_ role: ConnectionRole) throws(SluiceError) -> any BackendConnection {
        let client = try DynamoClient(settings: settings, credentials: credentials, budget: budget)
        let connection = DynamoConnection(
            client, policy: budget.policy, layouts: layouts, limits: limits, statistics: counters, clock: clock)
        try connection.ping()
        return connection
    }

    /// What names a whole key can: reads go as one BatchGetItem, creates and changes as requests that are under way together.
    public func sharesRoundTrips(_ operation: RepositoryOperation, on repository: DefinedRepository) -> Bool {
        switch operation {
        case .getOne(let filter), .deleteOne(let filter), .update(_, let filter): DynamoKey(filter, repository.definition) != nil
        case .create, .saveMany: true
        default: false
        }
    }

    static func capabilities(of definition: RepositoryDefinition) -> Capabilities {
        var capabilities = Capabilities()
        capabilities.uniqueId = definition.isKeyedById
        capabilities.uniqueIndexes = false
        capabilities.consistentIndexReads = definition.globalIndexes.isEmpty
        capabilities.integralFloatsKept = false
        capabilities.nativeOrder = false
        return capabilities
    }
}

extension DynamoKey {
    /// The key of the one item that a filter can mean; nil when it may mean others.
    init?(_ filter: Filter, _ definition: RepositoryDefinition) {
        guard !filter.isEmpty, case .items(let keys) = AccessPlan(filter, definition), keys.count == 1 else { return nil }
        self = keys[0]
    }
}
