import SluiceBackend
import SluiceProtocol

/// From the queues to the workers: at the end of each round of events, idle workers take what has
/// queued by then. Nothing waits for a batch to fill.
extension Router {
    /// Gives every idle worker of every pool what it can do.
    func dispatch() {
        for pool in registry.pools where !pool.turns.isEmpty && pool.hasIdleWorker { dispatch(pool) }
    }

    private func dispatch(_ pool: ConnectionPool) {
        pool.turns.removeIdle()
        while true {
            let (reads, writes) = (pool.idleWorker(isWrite: false) != nil, pool.idleWorker(isWrite: true) != nil)
            guard reads || writes, let repository = pool.turns.next(where: { $0.hasWork(forReads: reads, forWrites: writes) }) else {
                return
            }
            dispatch(repository, pool)
            if repository.hasWork { schedule(repository) }
        }
    }

    private func dispatch(_ repository: Repository, _ pool: ConnectionPool) {
        guard let ready = repository.ready else { return define(repository, pool) }
        // In turns, since one connection may do both: neither kind keeps the other waiting for ever.
        for isWrite in repository.beginsWithWrites ? [true, false] : [false, true] {
            guard !(isWrite && repository.isDefining), repository.queue.hasWork(isWrite: isWrite),
                let worker = pool.idleWorker(isWrite: isWrite)
            else {
                continue
            }
            let batch = takeBatch(repository, isWrite: isWrite)
            guard let first = batch.first else { continue }
            repository.beginsWithWrites = !isWrite
            if case .define(let definition) = first.operation {
                startDefinition(definition, first, repository, pool, worker)
            } else {
                start(batch, isWrite: isWrite, repository, ready, pool, worker)
            }
        }
    }

    private func start(
        _ batch: [PendingRequest], isWrite: Bool, _ repository: Repository, _ ready: DefinedRepository, _ pool: ConnectionPool,
        _ worker: Int
    ) {
        let charge = repository.use.begin(isWrite: isWrite)
        pool.assign(
            .batch(batch.map { PendingOperation($0.operation, deadline: $0.deadline) }, ready), to: worker,
            as: .batch(.init(requests: batch, repository: repository, isWrite: isWrite, started: .now, charge: charge)))
    }

    private func takeBatch(_ repository: Repository, isWrite: Bool) -> [PendingRequest] {
        repository.queue.takeBatch(
            isWrite: isWrite, mustPause: { [limits] in $0.output.count > limits.maxSessionOutputBytes })
    }

    /// Makes a repository ready that is not yet: by what was stored in an earlier run, else by the first definition that waits.
    private func define(_ repository: Repository, _ pool: ConnectionPool) {
        guard !repository.isDefining, let worker = pool.idleWorker(isWrite: true) else { return }
        if let stored = repository.definition {
            startDefinition(stored, nil, repository, pool, worker)
        } else if let first = takeBatch(repository, isWrite: true).first {
            guard case .define(let definition) = first.operation else {
                preconditionFailure("only a definition can wait for a repository without one")
            }
            startDefinition(definition, first, repository, pool, worker)
        }
    }

    private func startDefinition(
        _ asked: RepositoryDefinition, _ request: PendingRequest?, _ repository: Repository, _ pool: ConnectionPool, _ worker: Int
    ) {
        repository.isDefining = true
        let deadline = request?.deadline ?? MonotonicTime.now.advanced(milliseconds: limits.defineDeadlineMilliseconds)
        pool.assign(.define(name: repository.name, asked, deadline: deadline), to: worker, as: .define(request, repository, started: .now))
    }

    /// How long between two looks for expired records of one repository, milliseconds.
    private static let sweepMilliseconds = 1_000

    /// Lets idle workers delete expired records of repositories with a time to live.
    func sweep(now: MonotonicTime) {
        nextSweep = .distantFuture
        for repository in registry.all {
            guard repository.definition?.timeToLive != nil else { continue }
            guard let ready = repository.ready else {
                if !repository.isDefining { schedule(repository) }
                nextSweep = min(nextSweep, now.advanced(milliseconds: Self.sweepMilliseconds))
                continue
            }
            let due = repository.lastSweep.advanced(milliseconds: Self.sweepMilliseconds)
            if due <= now, !repository.isSweeping, !isLeaving, let worker = repository.pool.idleWorker(isWrite: true) {
                repository.lastSweep = now
                repository.isSweeping = true
                repository.pool.assign(.sweep(ready), to: worker, as: .sweep(repository))
            }
            nextSweep = min(nextSweep, now.advanced(milliseconds: Self.sweepMilliseconds))
        }
    }
}
