import SluiceProtocol

/// A whole answer of an HTTP server, whatever its status.
struct HTTPReply: Sendable, Equatable {
    let status: Int
    let body: [UInt8]
    /// The server's clock, its header `date`; nil when it has none that can be read.
    var date: Timestamp?
    /// How long the server asks to be left alone, its header `x-amz-retry-after`.
    var retryAfterMilliseconds: Int?
    /// The server's name of the request, for people who ask AWS about it.
    var requestID: String?
}
