import SluiceBackend
import SluiceProtocol

/// Answers at once, as an empty store that takes everything and keeps nothing. Owned by the thread that opened it.
final class NullConnection: BackendConnection {
    func define(_ definition: RepositoryDefinition, deadline: MonotonicTime) -> DefinedRepository {
        DefinedRepository(definition: definition, capabilities: Capabilities())
    }

    func execute(_ operations: [PendingOperation], on repository: DefinedRepository) -> [Result<OperationResult, SluiceError>] {
        operations.map { answer($0.operation) }
    }

    func deleteExpired(_ repository: DefinedRepository) -> Int { 0 }

    private func answer(_ operation: RepositoryOperation) -> Result<OperationResult, SluiceError> {
        switch operation {
        case .create(let record, _), .upsert(let record, _): .success(.record(record))
        case .saveMany(let records, _): .success(.outcomes(records.map { .success($0) }))
        case .count, .deleteAll: .success(.count(0))
        case .getAll: .success(.page(RecordPage()))
        case .getOne, .update, .replace, .deleteOne: .failure(SluiceError(.notFound, "the engine 'null' keeps no record"))
        case .explain: .failure(SluiceError(.unsupported, "the engine 'null' has nothing to explain"))
        case .define: preconditionFailure("definitions come through define")
        }
    }
}
