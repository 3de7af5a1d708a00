import Glibc
import SluiceClient

/// A thread that writes without a client's care: many requests at once on a connection of its own, nothing ever sent again. What the
/// connection takes with it when it ends is of unknown outcome.
struct PipeliningWriter: Sendable {
    let socket: String
    let progress: LoadProgress

    /// Requests in flight at once.
    static let depth = 16

    /// Writes until it is told to stop. Blocks.
    /// - Returns: what it knows.
    /// - Throws: an error that a daemon which loses nothing never gives.
    func run(_ name: String) throws -> WriterLedger {
        var ledger = WriterLedger(name)
        while !progress.isOver {
            guard let client = try? RawClient(socket), client.send(RawClient.hello(["parts"])) else {
                usleep(2_000)
                continue
            }
            while !progress.isOver, try burst(client, &ledger) {}
        }
        return ledger
    }

    /// - Returns: whether the connection lives on.
    private func burst(_ client: RawClient, _ ledger: inout WriterLedger) throws -> Bool {
        var inFlight: [Int64: WriterLedger.Write] = [:]
        var bytes: [UInt8] = []
        for id in 1...Int64(Self.depth) {
            let write = ledger.next()
            bytes += RawClient.request(id, write.operation, "things") { write.fill(&$0) }
            inFlight[id] = write
        }
        client.send(bytes)
        while !inFlight.isEmpty, let reply = try client.reply() {
            guard let write = inFlight.removeValue(forKey: reply.id) else { throw Failure("a reply to nothing") }
            for (thing, outcome) in zip(write.things, try write.outcomes(reply)) {
                ledger.note(outcome, of: thing, in: write)
                if case .acknowledged = outcome { progress.advance(ledger.name) }
            }
        }
        for write in inFlight.values { for thing in write.things { ledger.note(.unknown, of: thing, in: write) } }
        return inFlight.isEmpty
    }
}

extension WriterLedger.Write {
    /// What it is on the wire.
    fileprivate var operation: SluiceProtocol.Operation {
        switch kind {
        case .create, .update: .save
        case .createMany: .saveMany
        case .upsert: .upsert
        case .replace: .replace
        case .delete: .deleteOne
        }
    }

    fileprivate func fill(_ arguments: inout ArgumentsEncoder) {
        let documents = things.map { try! Document(encoding: $0.fields) }
        if kind == .update || kind == .delete { arguments.filter(try! .match("key", things[0].key)) }
        switch kind {
        case .createMany: arguments.objects(documents)
        case .delete: break
        case .create, .update, .upsert, .replace: arguments.object(documents[0])
        }
    }

    /// One for each thing.
    fileprivate func outcomes(_ reply: ServerReply) throws -> [WriterLedger.Outcome] {
        let result: ArraySlice<UInt8>
        switch reply.result {
        case .failure(let error):
            let outcome = try WriterLedger.Outcome(error)
            return things.map { _ in outcome }
        case .success(let value): result = value
        }
        guard kind == .createMany else { return [.acknowledged] }
        return try result.withBytes { bytes in
            var reader = MessagePackReader(bytes)
            guard case .list(let count) = try reader.next() else { throw Failure("outcomes that are no list") }
            return try (0..<count).map { _ in
                let start = reader.offset
                var budget = Int.max
                try reader.skip(budget: &budget)
                let outcome = try SaveOutcome(result[result.startIndex + start..<result.startIndex + reader.offset]).result
                if case .failure(let error) = outcome { return try WriterLedger.Outcome(error) }
                return .acknowledged
            }
        }
    }
}
