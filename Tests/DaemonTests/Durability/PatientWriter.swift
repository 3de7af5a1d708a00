import SluiceClient

/// A task that writes through the Swift client, one request after the other; the client finds the next daemon and sends again what it may.
struct PatientWriter: Sendable {
    let things: Repository
    let progress: LoadProgress

    /// Writes until it is told to stop.
    /// - Returns: what it knows.
    /// - Throws: an error that a daemon which loses nothing never gives.
    func run(_ name: String) async throws -> WriterLedger {
        var ledger = WriterLedger(name)
        while !progress.isOver {
            let write = ledger.next()
            let begun = ContinuousClock.now
            let outcomes = try await perform(write)
            progress.took(ContinuousClock.now - begun)
            for (thing, outcome) in zip(write.things, outcomes) {
                ledger.note(outcome, of: thing, in: write)
                if case .acknowledged = outcome { progress.advance(ledger.name) }
            }
        }
        return ledger
    }

    private func perform(_ write: WriterLedger.Write) async throws -> [WriterLedger.Outcome] {
        do {
            let thing = write.things[0]
            switch write.kind {
            case .create: try await things.save(thing.fields)
            case .createMany:
                return try await things.saveMany(write.things.map(\.fields)).map { outcome in
                    if case .failure(let error) = outcome { try WriterLedger.Outcome(error) } else { .acknowledged }
                }
            case .update: _ = try await things.save(thing.fields, where: .match("key", thing.key), as: Record.self)
            case .upsert: try await things.upsert(thing.fields)
            case .replace: try await things.replace(thing.fields)
            case .delete: try await things.deleteOne(.match("key", thing.key))
            }
            return [.acknowledged]
        } catch let error as SluiceError {
            let outcome = try WriterLedger.Outcome(error)
            return write.things.map { _ in outcome }
        }
    }
}

extension WriterLedger.Outcome {
    /// What an error says about a write.
    /// - Throws: the error, when it says that the records are not what they were acknowledged to be: `notFound`, `alreadyExists`.
    init(_ error: SluiceError) throws {
        guard [.unavailable, .deadlineExceeded, .overloaded, .shuttingDown].contains(error.code) else { throw error }
        self = error.isOutcomeKnown ? .refused : .unknown
    }
}
