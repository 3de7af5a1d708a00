/// Which of a backend's repositories with work gets the next free connection: the one that has kept connections busy for the least time,
/// divided by its weight (start-time fair queueing, Goyal, Vin and Cheng, SIGCOMM 1996). Time is what connections run out of: counted in
/// requests or bytes, a repository with long questions would keep all of them. Owned by its `ConnectionPool`.
struct RepositoryTurns {
    private var waiting: [Repository] = []
    /// The use of the one that was chosen last. Who comes back from idleness starts there.
    private var present: UInt64 = 0

    var isEmpty: Bool { waiting.isEmpty }

    /// A repository has work.
    mutating func add(_ repository: Repository) {
        guard !repository.isScheduled else { return }
        repository.isScheduled = true
        repository.use.catchUp(with: present)
        waiting.append(repository)
    }

    /// A repository is no more.
    mutating func remove(_ repository: Repository) {
        guard repository.isScheduled else { return }
        repository.isScheduled = false
        waiting.removeAll { $0 === repository }
    }

    /// Takes out those whose work has gone without a connection.
    mutating func removeIdle() {
        waiting.removeAll { repository in
            guard !repository.hasWork else { return false }
            repository.isScheduled = false
            return true
        }
    }

    /// Takes the repository whose turn it is, of those for which an idle connection can do something; of several that had as much, the one
    /// that has waited longest.
    mutating func next(where canStart: (Repository) -> Bool = { _ in true }) -> Repository? {
        var chosen: Int?
        for index in waiting.indices where chosen.map({ waiting[index].use.total < waiting[$0].use.total }) ?? true {
            if canStart(waiting[index]) { chosen = index }
        }
        guard let first = chosen else { return nil }
        let repository = waiting.remove(at: first)
        repository.isScheduled = false
        present = repository.use.total
        return repository
    }
}
