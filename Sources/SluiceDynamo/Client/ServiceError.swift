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
        let name = type[(type.lastIndex(of: "#").map(type.index(after:)) ?? type.startIndex)...]
        let text = document?.text("message") ?? document?.text("Message") ?? "HTTP status \(reply.status)"
        self.init(name: String(name), message: text + (reply.requestID.map { " (request \($0))" } ?? ""))
    }
}
