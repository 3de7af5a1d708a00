import SluiceBackend
import SluiceProtocol

/// From the queues to the workers: at the end of each round of events, idle workers take what has
/// queued by then. Nothing waits for a batch to fill.
extension Router {
    /// Gives every idle worker of every pool what it can do.
    func dispatch() {
        for pool in registry.pools where !pool.scheduled.isEmpty && pool.hasIdleWorker { dispatch(pool) }
    }

    private func dispatch(_ pool: ConnectionPool) {
        var remaining = pool.scheduled.count
        while remaining > 0, pool.hasIdleWorker, let repository = pool.scheduled.popFirst() {
            remaining -= 1
            repository.isScheduled = false
            if dispatch(repository, pool) { schedule(repository) }
        }
    }

    /// - Returns: whether the repository has work left.
    private func dispatch(_ repository: Repository, _ pool: ConnectionPool) -> Bool {
        guard let ready = repository.ready else { return define(repository, pool) }
        for isWrite in [true, false] {
            guard !(isWrite && repository.isDefining), repository.queue.hasWork(isWrite: isWrite),
                let worker = pool.idleWorker(isWrite: isWrite)
            else {
                continue
            }
            let batch = takeBatch(repository, isWrite: isWrite)
            guard let first = batch.first else { continue }
            if case .define(let definition) = first.operation {
                startDefinition(definition, first, repository, pool, worker)
            } else {
                if isWrite { metrics.writes.add(batch.count) } else { metrics.reads.add(batch.count) }
                assignments[WorkerKey(pool: pool.name, worker: worker)] = .batch(batch, repository)
                pool.assign(.batch(batch.map { PendingOperation($0.operation, deadline: $0.deadline) }, ready), to: worker)
            }
        }
        return repository.queue.count > 0
    }

    private func takeBatch(_ repository: Repository, isWrite: Bool) -> [PendingRequest] {
        repository.queue.takeBatch(
            isWrite: isWrite, mustPark: { [limits] in $0.session.output.count > limits.maxSessionOutputBytes },
            park: { $0.session.parked.append($0) })
    }

    /// Makes a repository ready that is not yet: by what was stored in an earlier run, else by the first definition that waits.
    private func define(_ repository: Repository, _ pool: ConnectionPool) -> Bool {
        guard !repository.isDefining, let worker = pool.idleWorker(isWrite: true) else { return true }
        if let stored = repository.definition {
            startDefinition(stored, nil, repository, pool, worker)
        } else if let first = takeBatch(repository, isWrite: true).first {
            guard case .define(let definition) = first.operation else {
                preconditionFailure("only a definition can wait for a repository without one")
            }
            startDefinition(definition, first, repository, pool, worker)
        }
        return repository.queue.count > 0
    }

    private func startDefinition(
        _ asked: RepositoryDefinition, _ request: PendingRequest?, _ repository: Repository, _ pool: ConnectionPool, _ worker: Int
    ) {
        repository.isDefining = true
        assignments[WorkerKey(pool: pool.name, worker: worker)] = .define(request, repository)
        let deadline = request?.deadline ?? MonotonicTime.now.advanced(milliseconds: limits.defineDeadlineMilliseconds)
        pool.assign(.define(name: repository.name, asked, deadline: deadline), to: worker)
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
                assignments[WorkerKey(pool: repository.pool.name, worker: worker)] = .sweep(repository)
                repository.pool.assign(.sweep(ready), to: worker)
            }
            nextSweep = min(nextSweep, now.advanced(milliseconds: Self.sweepMilliseconds))
        }
    }
}
