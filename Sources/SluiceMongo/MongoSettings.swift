import SluiceProtocol

/// What the configuration says of a MongoDB backend. A value; the backend keeps one.
struct MongoSettings: Sendable, Equatable {
    /// `host:port`, several of them with commas (a replica set), or a whole `mongodb://` or `mongodb+srv://` URI.
    let host: String
    /// The database.
    let database: String
    /// The user, when `host` is not a URI that names one.
    let user: String?
    /// The user's password.
    let password: String?
    /// Connections of the pool: one worker each.
    let connections: Int

    /// From the properties of the configuration.
    /// - Throws: `invalidInput` naming the property.
    init(properties: [String: String], connections: Int) throws(SluiceError) {
        guard let host = properties["host"], !host.isEmpty else { throw .invalidInput("'host' is missing: host:port, or a MongoDB URI") }
        guard let database = properties["database"], !database.isEmpty else { throw .invalidInput("'database' is missing") }
        // https://www.mongodb.com/docs/manual/reference/limits/#naming-restrictions
        let forbidden = database.first { "/\\. \"$*<>:|?\0".contains($0) }
        guard forbidden == nil, database.utf8.count < 64 else {
            throw .invalidInput("'database' is no name for a MongoDB database: at most 63 bytes, none of / \\ . \" $ * < > : | ?")
        }
        self.host = host
        self.database = database
        user = properties["user"]
        password = properties["pass"]
        self.connections = connections
    }
}
