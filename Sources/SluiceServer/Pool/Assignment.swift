import SluiceBackend

/// What a worker of a pool is busy with, for the loop to know when it reports. Owned by the `ConnectionPool`.
enum Assignment {
    /// A batch for an engine.
    case batch(StartedBatch)
    /// A definition; the request is nil when the daemon itself wants it.
    case define(PendingRequest?, Repository, started: MonotonicTime)
    /// A look for expired records.
    case sweep(Repository)

    /// Requests that went to an engine together.
    struct StartedBatch {
        let requests: [PendingRequest]
        let repository: Repository
        let isWrite: Bool
        let started: MonotonicTime
        /// What the repository was charged in advance, nanoseconds.
        let charge: UInt64
    }
}
