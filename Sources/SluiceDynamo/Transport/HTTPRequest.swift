/// A request as it goes out once. A value.
struct HTTPRequest: Sendable {
    let method: String
    /// Absolute, without user or password.
    let url: String
    let headers: [HTTPHeader]
    /// nil sends none, not even its length.
    var body: [UInt8]?
    /// The longest that connecting may take, TLS included, milliseconds.
    let connectMilliseconds: Int
    /// The longest that all of it may take, milliseconds.
    let timeoutMilliseconds: Int
}
