/// Why a request has no whole answer.
struct HTTPFailure: Error, Sendable, Equatable {
    /// libcurl's words: host and port at most, never a URL.
    let message: String
    /// Whether any of it went out, so that the server may act on it.
    let wasSent: Bool
    /// Whether its time was up.
    var timedOut = false
    /// Whether another attempt would end the same way: a certificate that is not trusted, an answer over the bound.
    var isFinal = false
}
