import Dispatch
import Glibc
import Logging
import SluiceBackend
import SluiceProtocol

/// One thread with one engine connection, for life: drivers block, and a Dispatch queue must not. Owned by its `ConnectionPool`.
///
/// `@unchecked Sendable`: `job` is written by the loop before it signals and read by the thread
/// after it has waited; the semaphore orders the two.
final class PoolWorker: @unchecked Sendable {
    /// What a worker is told to do.
    enum Job {
        /// Run operations.
        case batch([PendingOperation], DefinedRepository)
        /// Define, then remember the definition under the repository's name.
        case define(name: String, RepositoryDefinition, deadline: MonotonicTime)
        /// Delete some expired records.
        case sweep(DefinedRepository)
        /// End the thread.
        case stop
    }

    /// What a worker reports.
    enum Report: Sendable {
        /// Its connection is open.
        case opened
        /// Its connection could not be opened; it tries again unless the error is final.
        case openFailed(SluiceError)
        /// The results of a batch.
        case batch([Result<OperationResult, SluiceError>])
        /// A definition's result.
        case defined(Result<DefinedRepository, SluiceError>)
        /// How many expired records went.
        case swept(Result<Int, SluiceError>)
        /// The thread ends.
        case stopped
    }

    let index: Int
    let role: ConnectionRole
    private let backend: any Backend
    private let store: DefinitionStore
    private let report: @Sendable (Report) -> Void
    private let wakeUp = DispatchSemaphore(value: 0)
    private var job: Job?

    init(index: Int, role: ConnectionRole, backend: any Backend, store: DefinitionStore, report: @escaping @Sendable (Report) -> Void) {
        self.index = index
        self.role = role
        self.backend = backend
        self.store = store
        self.report = report
    }

    /// Starts the thread.
    func start() {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer { pthread_attr_destroy(&attributes) }
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        let answer = pthread_create(
            &thread, &attributes,
            {
                Unmanaged<PoolWorker>.fromOpaque($0!).takeRetainedValue().run(); return nil
            }, context)
        precondition(answer == 0, "the system refuses to start a thread")
    }

    /// From the loop, and only while the worker is idle.
    func assign(_ job: Job) {
        self.job = job
        wakeUp.signal()
    }

    private func run() {
        guard let connection = open() else { return report(.stopped) }
        while true {
            wakeUp.wait()
            let job = take()
            switch job {
            case .stop: return report(.stopped)
            case .batch(let operations, let repository): report(.batch(connection.execute(operations, on: repository)))
            case .define(let name, let definition, let deadline): report(.defined(define(connection, name, definition, deadline)))
            case .sweep(let repository):
                report(.swept(Result { () throws(SluiceError) in try connection.deleteExpired(repository) }))
            }
        }
    }

    private func take() -> Job {
        defer { job = nil }
        return job!
    }

    /// Opens the connection, trying again from 100 ms to 5 s apart while the engine is away.
    private func open() -> (any BackendConnection)? {
        var pauseMilliseconds = 100
        while true {
            do {
                let connection = try backend.openConnection(role)
                report(.opened)
                return connection
            } catch {
                report(.openFailed(error))
            }
            if wakeUp.wait(timeout: .now() + .milliseconds(pauseMilliseconds)) == .success, case .stop = take() { return nil }
            pauseMilliseconds = min(5_000, pauseMilliseconds * 2)
        }
    }

    /// The engine first, then the state directory: a definition that is answered is in both.
    private func define(
        _ connection: any BackendConnection, _ name: String, _ definition: RepositoryDefinition, _ deadline: MonotonicTime
    ) -> Result<DefinedRepository, SluiceError> {
        Result { () throws(SluiceError) in
            // Which backend it is on is the daemon's business, not the engine's: a backend may be renamed.
            var plain = definition
            plain.backend = nil
            let defined = try connection.define(plain, deadline: deadline)
            var sum = defined.definition
            sum.backend = definition.backend
            try store.save(sum, name: name)
            return DefinedRepository(definition: sum, capabilities: defined.capabilities, notices: defined.notices)
        }
    }
}
