/// Why the daemon cannot start, in words for the person who started it.
public struct StartError: Error, CustomStringConvertible {
    /// What kind of hindrance it is, which decides about the exit code.
    public enum Reason: Sendable {
        /// The system, the folder or an engine refuses.
        case refused
        /// Another daemon is in its place.
        case alreadyRunning
        /// What the service manager handed over cannot be right, however often it is tried.
        case misconfigured
    }

    /// What happened and what to do.
    public let description: String
    /// Its kind.
    public let reason: Reason

    /// An error with its words.
    public init(_ description: String, _ reason: Reason = .refused) {
        self.description = description
        self.reason = reason
    }
}
