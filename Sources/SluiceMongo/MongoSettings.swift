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
}
