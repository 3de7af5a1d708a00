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
        #expect(rig.registry.pools[0].turns.isEmpty, "what is no more waits for no connection")
        define(rig, first, 2, "late")
        rig.router.answerExpired(now: MonotonicTime.now.advanced(milliseconds: 3_600_000))
        #expect(rig.registry.all.map(\.name) == ["first"], "it is being defined, whatever its client has been told")
        backend.gate.signal()
        rig.takeReport()
        #expect(rig.registry.all.map { $0.definition?.name } == ["first"])
        #expect(rig.registry.pools[0].turns.isEmpty, "nothing keeps the loop looking for work")
    }

    /// Fills what waits for a client to read, until nothing more is started for it.
    private func overfill(_ rig: RouterRig, _ session: Session) {
        for id in 1_000..<1_020 { rig.send(session, Int64(id), .stats) }
    }

    private var narrow: Limits {
        var limits = Limits()
        limits.maxSessionOutputBytes = 1_000
        return limits
    }

    private func expire(_ rig: RouterRig) { rig.router.answerExpired(now: MonotonicTime.now.advanced(milliseconds: 60_000)) }

    @Test func aDefinitionThatExpiresWhileItsClientDoesNotReadLeavesNothing() throws {
        let rig = try RouterRig(GatedBackend(), limits: narrow)
        let session = rig.client()
        rig.send(session, 1, .define, "x", deadlineMilliseconds: 50_000) { $0.definition(RepositoryDefinition(name: "x").structured) }
        overfill(rig, session)
        rig.router.dispatch()
        #expect(session.paused.count == 1)
        expire(rig)
        #expect(rig.registry.all.isEmpty && session.paused.isEmpty)
        rig.endRound()
        #expect(session.output.count == 0 && rig.registry.pools[0].turns.isEmpty)
    }

    @Test func anEndedDefinitionTakesNoLaterOneWithIt() throws {
        let backend = GatedBackend()
        let rig = try RouterRig(backend, limits: narrow)
        let session = rig.client()
        func define(_ id: Int64) {
            rig.send(session, id, .define, "x", deadlineMilliseconds: id * 100_000) {
                $0.definition(RepositoryDefinition(name: "x").structured)
            }
        }
        define(1)
        rig.router.dispatch()
        define(2)
        try rig.router.cancel(#require(session.inFlight[2]))
        define(3)
        rig.router.answerExpired(now: MonotonicTime.now.advanced(milliseconds: 150_000))
        #expect(Array(session.inFlight.keys) == [3])
        overfill(rig, session)
        backend.gate.signal()
        rig.takeReport()
        #expect(session.output.count == 0)
        backend.gate.signal()
        rig.takeReport()
        #expect(session.inFlight.isEmpty && rig.registry.all.map { $0.definition?.name } == ["x"])
    }

    @Test func aStoredDefinitionThatFailsIsTriedOnceForEachWhoAsks() throws {
        let backend = GatedBackend(refusal: SluiceError(.backendError, "no rights"))
        let rig = try RouterRig(backend, stored: ["r"])
        let session = rig.client()
        for asked in 1...2 {
            try ask(rig, session, Int64(asked), isWrite: false)
            rig.endRound()
            backend.gate.signal()
            rig.takeReport()
            #expect(session.inFlight.isEmpty)
            rig.endRound()
            #expect(backend.definitions.load(ordering: .relaxed) == asked && rig.registry.pools[0].usage.busy == 0)
        }
    }

    @Test func whatAClientSendsBeyondItsBoundWaitsForItsReplies() throws {
        let backend = GatedBackend()
        let rig = try ready(backend)
        let session = rig.client()
        let filter = try Filter.match("id", "x")
        try rig.write((1...1_000).flatMap { id in RouterRig.frame(Int64(id), .getOne, "r") { $0.filter(filter) } }, from: session)
        let most = Limits().maxInFlight + 1
        #expect(session.inFlight.count == most && session.holdsFrames)
        #expect(!session.wantedInterest(Limits()).contains(.reading))
        var answered = 0
        while !session.inFlight.isEmpty {
            rig.endRound()
            answered += 1
            try #require(answered < 1_000)
            backend.gate.signal()
            rig.takeReport()
            #expect(session.inFlight.count <= most)
        }
        #expect(!session.holdsFrames && session.partial.isEmpty && rig.router.metrics.reads.requests == 1_000)
        #expect(session.wantedInterest(Limits()).contains(.reading))
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
