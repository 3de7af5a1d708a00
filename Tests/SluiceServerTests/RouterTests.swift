import SluiceBackend
import SluiceProtocol
import Testing

@testable import SluiceServer

/// The router with clients and a backend of one connection, but without a loop: who gets the connection, and what is left behind.
@Suite struct RouterTests {
    private func define(_ rig: RouterRig, _ session: Session, _ id: Int64, _ name: String) {
        rig.send(session, id, .define, name) { $0.definition(RepositoryDefinition(name: name).structured) }
    }

    /// A rig whose repository `r` is ready.
    private func ready(_ backend: GatedBackend) throws -> RouterRig {
        let rig = try RouterRig(backend)
        let session = rig.client()
        define(rig, session, 1, "r")
        rig.router.dispatch()
        backend.gate.signal()
        rig.takeReport()
        try #require(session.inFlight.isEmpty && rig.registry.all.map(\.name) == ["r"])
        return rig
    }

    private func ask(_ rig: RouterRig, _ session: Session, _ id: Int64, isWrite: Bool) throws {
        let filter = try Filter.match("id", "x")
        rig.send(session, id, isWrite ? .deleteOne : .getOne, "r") { $0.filter(filter) }
    }

    @Test(arguments: [true, false]) func oneRequestIsNotKeptWaitingByAnEndlessStreamOfTheOtherKind(isWrite: Bool) throws {
        let backend = GatedBackend()
        let rig = try ready(backend)
        let (greedy, patient) = (rig.client(), rig.client())
        var next: Int64 = 1
        func ten() throws {
            for _ in 0..<10 {
                try ask(rig, greedy, next, isWrite: !isWrite)
                next += 1
            }
        }
        try ten()
        rig.router.dispatch()
        try ask(rig, patient, 1, isWrite: isWrite)
        try ten()
        var batches = 0
        while !patient.inFlight.isEmpty, batches < 20 {
            backend.gate.signal()
            rig.takeReport()
            batches += 1
            try ten()
        }
        #expect(batches == 2, "the batch that was under way, then its own")
        // What is left ends with the clients: the worker must not wait at the gate for ever.
        backend.gate.signal()
    }

    @Test func aNameThatNobodyWaitsForAnyMoreIsForgotten() throws {
        let backend = GatedBackend()
        let rig = try RouterRig(backend)
        let first = rig.client()
        define(rig, first, 1, "first")
        rig.router.dispatch()
        for number in 0..<100 {
            let session = rig.client()
            define(rig, session, 1, "closed\(number)")
            define(rig, session, 2, "closed\(number)")
            rig.close(session)
            define(rig, first, 2, "cancelled\(number)")
            first.inFlight[2].map { rig.router.cancel($0) }
        }
        #expect(rig.registry.all.map(\.name) == ["first"])
        define(rig, first, 2, "late")
        rig.router.answerExpired(now: MonotonicTime.now.advanced(milliseconds: 3_600_000))
        #expect(rig.registry.all.map(\.name) == ["first"], "it is being defined, whatever its client has been told")
        backend.gate.signal()
        rig.takeReport()
        #expect(rig.registry.all.map { $0.definition?.name } == ["first"])
        #expect(rig.registry.pools[0].turns.isEmpty, "nothing keeps the loop looking for work")
    }

    @Test func whatAnEngineHandsBackIsCountedOnce() throws {
        let backend = GatedBackend(answersAtMost: 2)
        let rig = try ready(backend)
        let session = rig.client()
        for id in 1...5 { try ask(rig, session, Int64(id), isWrite: false) }
        rig.router.dispatch()
        for _ in 0..<3 {
            backend.gate.signal()
            rig.takeReport()
        }
        #expect(session.inFlight.isEmpty)
        #expect(rig.router.metrics.reads.requests == 5)
        #expect(rig.router.metrics.reads.count == 3)
    }
}
