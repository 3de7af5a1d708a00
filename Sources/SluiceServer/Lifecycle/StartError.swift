/// Why the daemon cannot start, in words for the person who started it.
public struct StartError: Error, CustomStringConvertible {
    /// What happened and what to do.
    public let description: String
    /// Another daemon is in its place.
    public let isAlreadyRunning: Bool

    /// An error with its words.
    public init(_ description: String, isAlreadyRunning: Bool = false) {
        self.description = description
        self.isAlreadyRunning = isAlreadyRunning
    }
}
