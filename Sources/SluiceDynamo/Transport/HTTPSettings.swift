/// How a transport treats every request. A value.
struct HTTPSettings: Sendable, Equatable {
    /// Requests at once, and connections that are kept.
    var maxInFlight = 8
    /// The longest answer taken, bytes. DynamoDB's own bound is 16 MB of items, which JSON can multiply (`{"N":"1"}` is one byte of item).
    var maxReplyBytes = 128 << 20
    /// Whether the environment's proxy is used; never for what is near, such as a local server or instance metadata.
    var usesProxy = false
    /// A file of certificates to trust instead of the system's.
    var certificates: String?
}
