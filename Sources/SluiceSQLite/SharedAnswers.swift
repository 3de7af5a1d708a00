import SluiceBackend
import SluiceProtocol

/// The answers to the `getOne`s of one batch, so that those that ask the same are fetched once. Most ask for an id alone, whose bytes are
/// quicker to look up than a whole filter.
struct SharedAnswers {
    private var byId: [ExactBytes: OperationResult] = [:]
    private var byFilter: [Filter: OperationResult] = [:]

    /// What an operation is answered with; nil: not known yet, or no `getOne`.
    subscript(operation: RepositoryOperation) -> OperationResult? {
        get {
            guard case .getOne(let filter) = operation else { return nil }
            if let id = filter.soleId { return byId[ExactBytes(id)] }
            return byFilter[filter]
        }
        set {
            guard case .getOne(let filter) = operation else { return }
            if let id = filter.soleId { byId[ExactBytes(id)] = newValue } else { byFilter[filter] = newValue }
        }
    }
}
