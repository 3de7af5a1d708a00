import SluiceProtocol

/// One socket's life as the state machine sees it: the bytes to send, and what the daemon at its
/// other end said. Owned by `ConnectionMachine`.
struct Link: Sendable {
    var stage: Stage
    var output = MessagePackWriter()
    /// Bytes ever appended to `output`.
    var queued = 0
    /// Of those, how many the kernel has, or is just being given.
    var taken = 0
    /// Whether the kernel is just being given bytes: how many it takes is not known yet.
    var isWriting = false
    /// Why the link is lost, as long as that waits for the writer.
    var loss: SluiceError?
    /// Whether somebody is writing: exactly one does, until the output is empty.
    var isFlushing = false
    /// Requests without a final reply.
    var inFlight = 0
    /// How many definitions of a repository are still unanswered.
    var defining: [String: Int] = [:]
    /// Requests that wait for their repository's definition, in order.
    var held: [String: [Int64]] = [:]
    var maxInFlight = 1
    var maxFrameBytes = Limits().maxFrameBytes
    var takesCancels = false
    /// What the daemon said before it closed.
    var fault: SluiceError?

    /// Exits: `greeting` → `open` → `leaving` → gone; each may be lost at any time.
    enum Stage: Sendable, Equatable {
        /// The hello is on its way; without a welcome by then the link is given up.
        case greeting(until: ContinuousClock.Instant)
        /// Takes requests.
        case open
        /// Takes no more; closes with its last reply.
        case leaving
    }

    /// What the welcome says counts from here on.
    mutating func greeted(_ welcome: Welcome) {
        let limits = Limits()
        func limit(_ name: String, _ standard: Int) -> Int { Int(max(1, welcome.limits[name] ?? Int64(standard))) }
        stage = .open
        maxInFlight = limit("maxInFlight", limits.maxInFlight)
        maxFrameBytes = limit("maxFrameBytes", limits.maxFrameBytes)
        takesCancels = welcome.features.contains("cancel")
    }
}
