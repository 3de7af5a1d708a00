import SluiceProtocol

/// What the configuration says of a DynamoDB backend. A value; the backend keeps one.
struct DynamoSettings: Sendable, Equatable {
    /// The region, such as `us-east-1`: part of each signature and of AWS's own endpoint.
    let region: String
    /// `http://host:port` of a local server; nil for AWS.
    let endpoint: String?
    /// Connections of the pool: one worker each.
    let connections: Int
    /// A file of certificates to trust instead of the system's.
    var certificates: String?
}
