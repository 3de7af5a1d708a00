import SluiceBackend
import SluiceProtocol

/// MongoDB through libmongoc: one pool of clients, one client for each worker. Shared by all threads; each connection belongs to one.
public final class MongoBackend: Backend {
    /// `mongodb`.
    public let engine = "mongodb"
    /// All of them, unless a collection that was there already says otherwise.
    public let capabilities = Capabilities()
    /// Each connection does everything.
    public let connectionRoles: [ConnectionRole]
    private let settings: MongoSettings
    private let limits: Limits
    private let pool: MongoPool
    private let layouts = LayoutRegistry<MongoLayout>()
    private let clock: @Sendable () -> Timestamp

    /// An engine by the properties of its configuration (contract section 1): `host`, `database`, `user`, `pass`.
    /// - Parameter connections: of the pool.
    /// - Throws: `invalidInput` for properties that cannot be used.
    public convenience init(properties: [String: String], connections: Int, limits: Limits) throws(SluiceError) {
        try self.init(MongoSettings(properties: properties, connections: connections), limits: limits, clock: { Timestamp.now })
    }

    /// With a clock that tests set.
    init(_ settings: MongoSettings, limits: Limits, clock: @escaping @Sendable () -> Timestamp) throws(SluiceError) {
        self.settings = settings
        self.limits = limits
        self.clock = clock
        connectionRoles = Array(repeating: .readsAndWrites, count: settings.connections)
        pool = try MongoPool(settings)
    }

    /// Nothing: the server may be away.
    public func prepare() {}

    /// A client of the pool, once the server has answered it.
    public func openConnection(_ role: ConnectionRole) throws(SluiceError) -> any BackendConnection {
        let client = try pool.client()
        let connection = MongoConnection(client, database: settings.database, layouts: layouts, limits: limits, clock: clock)
        try connection.ping()
        return connection
    }

    /// Point reads and creates can; what answers with a record that it changed cannot.
    public func sharesRoundTrips(_ operation: RepositoryOperation, on repository: DefinedRepository) -> Bool {
        switch operation {
        case .getOne(let filter): PointRead(filter, repository) != nil
        case .create, .saveMany: true
        default: false
        }
    }
}
