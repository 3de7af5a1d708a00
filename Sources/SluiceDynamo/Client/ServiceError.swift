import SluiceProtocol

/// What DynamoDB says in an answer that is an error: `{"__type": "…#Name", "message": "…"}`.
struct ServiceError: Sendable, Equatable {
    /// What stands after `#`; empty when the answer is none of DynamoDB's.
    var name = ""
    /// For people; `Message` in some errors. With AWS's name of the request, by which AWS's people find it.
    let message: String
}

extension ServiceError {
    init(_ reply: HTTPReply) {
        let document = Document(json: reply.body)
        let type = document?.text("__type") ?? ""
        let name = String(type[(type.lastIndex(of: "#").map(type.index(after:)) ?? type.startIndex)...])
        let text = document?.text("message") ?? document?.text("Message") ?? "HTTP status \(reply.status)"
        self.init(name: name, message: (Self.isAboutCredentials(name) ? "AWS does not take the credentials" : text) + Self.request(reply))
    }

    /// Whether the service does not know who asks (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/CommonErrors.html, and
    /// the SDKs' lists of what a wrong clock may cause). The texts of some repeat the headers that were signed, session token and all, so
    /// they are not passed on.
    static func isAboutCredentials(_ name: String) -> Bool { credentialNames.contains(name) || mayBeAboutTime(name) }

    /// Whether a wrong clock may be the cause.
    static func mayBeAboutTime(_ name: String) -> Bool { timeNames.contains(name) }

    private static func request(_ reply: HTTPReply) -> String { reply.requestID.map { " (request \($0))" } ?? "" }

    private static let credentialNames: Set = [
        "ExpiredTokenException", "ExpiredToken", "UnrecognizedClientException", "InvalidClientTokenId", "IncompleteSignatureException",
        "IncompleteSignature", "MissingAuthenticationTokenException", "MissingAuthenticationToken",
    ]
    private static let timeNames: Set = [
        "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture", "InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure",
    ]
}
