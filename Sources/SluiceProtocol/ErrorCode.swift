/// The stable error codes of the contract (section 5); the raw value is the text on the wire.
public enum ErrorCode: String, Sendable, CaseIterable {
    /// No record matches.
    case notFound
    /// The id, the key or a unique index collides.
    case alreadyExists
    /// The request breaks a rule.
    case invalidInput
    /// The engine failed in a way no other code names.
    case backendError
    /// The engine, or the daemon itself, cannot be reached now.
    case unavailable
    /// The deadline passed, or the request was cancelled.
    case deadlineExceeded
    /// A queue or another bound is full.
    case overloaded
    /// A record, request or result is over a named bound.
    case tooLarge
    /// This peer may not do this.
    case unauthorized
    /// This engine cannot do this.
    case unsupported
    /// The daemon is leaving.
    case shuttingDown

    /// Whether the same request may succeed later, unless the error itself says otherwise.
    public var isRetryable: Bool {
        switch self {
        case .unavailable, .deadlineExceeded, .overloaded, .shuttingDown: true
        default: false
        }
    }
}
