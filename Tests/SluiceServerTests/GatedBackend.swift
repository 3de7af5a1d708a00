import Dispatch
import SluiceBackend
import SluiceProtocol
import Synchronization

/// A backend with one connection for everything that begins a batch or a definition only when a test opens its gate.
final class GatedBackend: Backend {
    let engine = "gated"
    let capabilities = Capabilities()
    let connectionRoles: [ConnectionRole] = [.readsAndWrites]
    /// One signal for each thing that may be done.
    let gate = DispatchSemaphore(value: 0)
    /// How many operations of each batch are answered before the rest is handed back; nil: all.
    let answersAtMost: Int?
    /// Why no definition succeeds; nil: each does.
    let refusal: SluiceError?
    /// Definitions that were begun.
    let definitions = Atomic(0)

    init(answersAtMost: Int? = nil, refusal: SluiceError? = nil) {
        self.answersAtMost = answersAtMost
        self.refusal = refusal
    }

    func prepare() {}
    func openConnection(_ role: ConnectionRole) throws(SluiceError) -> any BackendConnection { GatedConnection(self) }
}

private final class GatedConnection: BackendConnection {
    private let backend: GatedBackend

    init(_ backend: GatedBackend) { self.backend = backend }

    func define(_ definition: RepositoryDefinition, deadline: MonotonicTime) throws(SluiceError) -> DefinedRepository {
        backend.definitions.add(1, ordering: .relaxed)
        backend.gate.wait()
        if let refusal = backend.refusal { throw refusal }
        return DefinedRepository(definition: definition, capabilities: backend.capabilities)
    }

    func execute(_ operations: [PendingOperation], on repository: DefinedRepository) -> [Result<OperationResult, SluiceError>] {
        backend.gate.wait()
        return operations.prefix(backend.answersAtMost ?? .max).map { _ in .success(.done) }
    }

    func deleteExpired(_ repository: DefinedRepository) -> Int { 0 }
}
