import SluiceProtocol

/// What a caller asks of the daemon; made by `SluiceClient`, kept by the connection until it is answered.
struct Call: Sendable {
    let operation: Operation
    var repository: String?
    /// The arguments' map; nil when there are none.
    var arguments: [UInt8]?
    /// When the caller no longer waits.
    let deadline: ContinuousClock.Instant
    /// A read, a definition, or a create whose ids the stub chose: safe to send again even if an earlier
    /// attempt was carried out (PROTOCOL.md section 8).
    var isRepeatable: Bool
    /// Whether it fails at once when no daemon is there, instead of waiting for one until its deadline.
    var failsWithoutDaemon = false
}
