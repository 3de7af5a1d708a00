import SluiceProtocol

/// What DynamoDB says in the body of an answer that is an error: `{"__type": "…#Name", "message": "…"}`.
struct ServiceError: Sendable, Equatable {
    /// What stands after `#`; empty when the body is none of DynamoDB's.
    let name: String
    /// For people; `Message` in some errors.
    let message: String

    init(_ body: [UInt8]) {
        let document = Document(json: body)
        let type = document?.text("__type") ?? ""
        name = String(type[(type.lastIndex(of: "#").map(type.index(after:)) ?? type.startIndex)...])
        message = document?.text("message") ?? document?.text("Message") ?? ""
    }
}
