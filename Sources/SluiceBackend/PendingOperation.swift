import SluiceProtocol

/// An operation as a connection gets it.
public struct PendingOperation: Sendable {
    /// What to do.
    public let operation: RepositoryOperation
    /// When its caller stops waiting. A read stops by then; a write that has not started is not started.
    public let deadline: MonotonicTime

    /// An operation and its deadline.
    public init(_ operation: RepositoryOperation, deadline: MonotonicTime) {
        self.operation = operation
        self.deadline = deadline
    }
}
