import Synchronization

/// What the writers of a durability test and the one who kills the daemon tell each other.
final class WriterProgress: Sendable {
    private let over = Atomic(false)
    private let acknowledgements = Atomic(0)

    /// Writes that were acknowledged so far.
    var acknowledged: Int { acknowledgements.load(ordering: .relaxed) }

    /// Whether the writers are to stop.
    var isOver: Bool { over.load(ordering: .relaxed) }

    func acknowledge() { acknowledgements.add(1, ordering: .relaxed) }

    func end() { over.store(true, ordering: .relaxed) }
}
