import SluiceBackend
import SluiceProtocol

/// A repository by the name it was defined under: its definition, its backend's pool, its queue. Owned by the
/// `RepositoryRegistry`, touched on the loop only.
final class Repository {
    let name: String
    unowned let pool: ConnectionPool
    var queue: RepositoryQueue
    /// What was stored, perhaps in an earlier run of the daemon; nil until the first definition has succeeded.
    var definition: RepositoryDefinition? { didSet { isDefined = definition != nil } }
    /// Whether there is one; asked for every request, which need not copy it.
    private(set) var isDefined: Bool
    /// What the engine made of it in this run.
    var ready: DefinedRepository?
    /// A worker is defining it; until it is done nothing else that writes is started.
    var isDefining = false
    /// It is in its pool's turns, which set this.
    var isScheduled = false
    /// Which kind of work gets the next connection, where both wait.
    var beginsWithWrites = true
    /// What it has had of its pool's connections.
    var use: ConnectionUse
    /// When the expired records were last looked for.
    var lastSweep = MonotonicTime(nanoseconds: 0)
    var isSweeping = false

    init(name: String, pool: ConnectionPool, definition: RepositoryDefinition?, weight: Int, queue: RepositoryQueue) {
        self.name = name
        self.pool = pool
        self.definition = definition
        isDefined = definition != nil
        self.queue = queue
        use = ConnectionUse(weight: weight)
    }

    /// Whether a connection could do something for it now: carry on its queue, or make it ready for that.
    var hasWork: Bool { hasWork(forReads: true, forWrites: true) }

    /// Whether one could that reads, or writes and defines.
    func hasWork(forReads: Bool, forWrites: Bool) -> Bool {
        guard ready != nil else { return forWrites && !isDefining && (isDefined || queue.hasWork) }
        return forReads && queue.hasWork(isWrite: false) || forWrites && !isDefining && queue.hasWork(isWrite: true)
    }

    /// What `repositories` answers, and `define` once it is done.
    var structured: StructuredValue { structured(notices: ready?.notices ?? []) }

    func structured(notices: [String]) -> StructuredValue {
        .map([
            "repository": .string(name), "definition": definition?.structured ?? .null, "backend": .string(pool.name),
            "capabilities": (ready?.capabilities ?? pool.backend.capabilities).structured, "notices": .list(notices.map { .string($0) }),
        ])
    }
}
