import SluiceProtocol

/// What requests to AWS are signed with. Shows nothing of itself, however it is printed.
struct AWSCredentials: Sendable, Equatable {
    /// The access key's public name.
    let accessKeyID: String
    /// The access key's secret.
    let secretAccessKey: String
    /// What belongs to credentials that AWS gave for a while.
    var sessionToken: String?
    /// When AWS stops taking them; nil for credentials that last.
    var expiration: Timestamp?

    /// Whether they are printable ASCII: a line end would make headers of what follows it.
    var fitHeaders: Bool {
        [accessKeyID, secretAccessKey, sessionToken ?? "-"].allSatisfy { text in
            !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7e).contains($0) }
        }
    }
}

extension AWSCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { "AWS credentials" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }
}
