import SluiceBackend
import SluiceProtocol

/// A backend under test: its connections, opened by the thread that runs the case, and repositories with names that no other case has.
public final class ConformanceSubject {
    /// The engine.
    public let backend: any Backend
    private let reads: any BackendConnection
    private let writes: any BackendConnection

    /// Opens a connection for reads and one for writes.
    init(_ backend: any Backend) throws(SluiceError) {
        self.backend = backend
        func role(isWrite: Bool) -> ConnectionRole { backend.connectionRoles.first { $0.admits(isWrite: isWrite) }! }
        reads = try backend.openConnection(role(isWrite: false))
        writes = try backend.openConnection(role(isWrite: true))
    }

    /// What is known of the engine.
    var facts: EngineFacts { EngineFacts(backend.engine) }

    /// A name for a collection or repository that nobody else uses.
    func newName(_ prefix: String = "conformance") -> String { "\(prefix)-\(String(UInt64.random(in: 0 ... .max), radix: 36))" }

    /// Defines a repository.
    /// - Parameter definition: as a caller writes it; a `name` is added unless it is there.
    func repository(_ definition: RecordValue = [:]) throws -> ConformanceRepository {
        var named = definition
        if named["name"] == nil { named["name"] = .string(newName()) }
        return ConformanceRepository(try define(named), reads: reads, writes: writes)
    }

    /// Defines, and answers what the engine made of it.
    func define(_ definition: RecordValue) throws(SluiceError) -> DefinedRepository {
        let operation = try ConformanceRepository.operation(.define, [11: definition])
        guard case .define(let decoded) = operation else { preconditionFailure("define is a definition") }
        return try writes.define(decoded, deadline: .now.advanced(milliseconds: 60_000))
    }

    /// A repository that was defined elsewhere, over these connections.
    func handle(of repository: DefinedRepository) -> ConformanceRepository {
        ConformanceRepository(repository, reads: reads, writes: writes)
    }

    /// A value as the engine gives it back: where it does not keep integral floats, as integers.
    func stored(_ value: RecordValue) -> RecordValue {
        guard !backend.capabilities.integralFloatsKept else { return value }
        return switch value {
        case .float(let float): Int64(exactly: float).map { .integer($0) } ?? value
        case .list(let elements): .list(elements.map(stored))
        case .map(let fields): .map(fields.mapValues(stored))
        default: value
        }
    }
}
