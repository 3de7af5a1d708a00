import SluiceProtocol

/// One connection to an engine. All calls come from the one thread that opened it.
public protocol BackendConnection: AnyObject {
    /// Creates what the definition asks for, and answers when it is usable. The same again is a no-op; nothing is ever dropped.
    /// - Throws: `invalidInput` (reason `definitionConflict`), `unsupported`, `backendError`, `unavailable`.
    func define(_ definition: RepositoryDefinition, deadline: MonotonicTime) throws(SluiceError) -> DefinedRepository

    /// Runs operations on one repository in as few round trips as it can, each for itself: one that fails does not touch the others.
    /// Either all read or all write (`RepositoryOperation.isWrite`); definitions come through `define`.
    /// - Returns: a result for each operation, in order. Shorter than `operations` when the results' bytes reached
    ///   `Limits.maxBatchBytes`, or what was done took long: those that are missing have not been started and come again. Never empty.
    func execute(_ operations: [PendingOperation], on repository: DefinedRepository) -> [Result<OperationResult, SluiceError>]

    /// Deletes some expired records of a repository, a bounded number.
    /// - Returns: how many; 0 when none are left.
    func deleteExpired(_ repository: DefinedRepository) throws(SluiceError) -> Int
}
