import SluiceClient
import SluiceTesting
import Testing

/// A daemon whose network to its engine's server is cut, swallows, refuses or halves what goes through it, while processes write: each
/// request ends by its deadline and says whether it may have happened, what was acknowledged is there once, repositories on another engine
/// do not notice, and all is well again without a restart of the daemon.
@Suite(.serialized) struct NetworkFaultTests {
    @Test(arguments: EngineScene.programs, NetworkProxy.Ending.allCases)
    func connectionsAreCut(_ program: TestProgram, _ ending: NetworkProxy.Ending) async throws {
        let scene = try await EngineScene(program)
        try await scene.underLoad { main, embedded in
            for _ in 0..<5 {
                scene.network.cutAll(ending)
                try await main.wait(for: 3, log: scene.daemon.log)
            }
            try await embedded.wait(for: 100, log: scene.daemon.log)
        }
    }

    @Test(arguments: EngineScene.programs) func nothingComesThrough(_ program: TestProgram) async throws {
        let scene = try await EngineScene(program)
        let things = scene.client.repository("things")
        _ = try await things.save(["key": "old", "n": 1] as Record)
        try await scene.underLoad(others: ["old"]) { _, embedded in
            try scene.network.become(.silent)
            async let read = scene.failure { _ = try await things.getOne(.match("key", "old"), deadline: .seconds(2)) }
            async let write = scene.failure {
                _ = try await things.save(["n": 2] as Record, where: .match("key", "old"), deadline: .seconds(2))
            }
            let (readError, writeError) = (try await read, try await write)
            #expect(readError.isOutcomeKnown, "a read changes nothing")
            #expect([readError.code, writeError.code].allSatisfy { [.deadlineExceeded, .unavailable].contains($0) })
            try await embedded.wait(for: 100, log: scene.daemon.log)
            try scene.network.become(.well)
        }
    }

    @Test(arguments: EngineScene.programs) func nobodyListens(_ program: TestProgram) async throws {
        let scene = try await EngineScene(program)
        try await scene.underLoad { _, embedded in
            try scene.network.become(.unreachable)
            let error = try await scene.failure {
                _ = try await scene.client.repository("things").getOne(.match("key", "nobody"), deadline: .seconds(4))
            }
            #expect([.deadlineExceeded, .unavailable].contains(error.code) && error.isOutcomeKnown && error.isRetryable)
            try await embedded.wait(for: 100, log: scene.daemon.log)
            try scene.network.become(.well)
        }
    }

    @Test(arguments: EngineScene.programs) func answersEndInTheMiddle(_ program: TestProgram) async throws {
        let scene = try await EngineScene(program)
        try await scene.underLoad { _, embedded in
            try scene.network.become(.halving)
            let error = try await scene.failure {
                _ = try await scene.client.repository("things").getOne(.match("key", "nobody"), deadline: .seconds(3))
            }
            #expect([.deadlineExceeded, .unavailable].contains(error.code))
            try await embedded.wait(for: 100, log: scene.daemon.log)
            try scene.network.become(.well)
        }
    }

    // MARK: one request each

    /// A create whose answer was lost finds its own record when it is sent again, by the stub or within the daemon.
    @Test(arguments: EngineScene.programs, NetworkProxy.Fault.allCases)
    func aCreateIsSentAgain(_ program: TestProgram, _ fault: NetworkProxy.Fault) async throws {
        let scene = try await EngineScene(program)
        let things = scene.client.repository("things")
        scene.network.next([fault], toRequestsWith: scene.create)
        let stored = try await things.save(["key": "new", "n": 1] as Record)
        #expect(scene.network.pendingFaults == 0, "nothing was disturbed")
        #expect(try await things.getAll(.match("key", "new"), as: Record.self) == [stored])
    }

    /// The outcomes of a batch whose answer was lost are unknown, each for itself.
    @Test(arguments: EngineScene.programs, NetworkProxy.Fault.allCases)
    func aBatchIsUnknownRatherThanFailed(_ program: TestProgram, _ fault: NetworkProxy.Fault) async throws {
        let scene = try await EngineScene(program)
        let things = scene.client.repository("things")
        scene.network.next([fault], toRequestsWith: scene.create)
        let objects = (0..<5).map { ["key": .string("many\($0)")] as Record }
        var present: Set<Value> = []
        for (object, outcome) in zip(objects, try await things.saveMany(objects)) {
            do { _ = try outcome.get() } catch {
                #expect(error.code == .unavailable && error.isRetryable && !error.isOutcomeKnown)
                if fault == .lost { continue }
            }
            present.insert(object["key"]!)
        }
        #expect(scene.network.pendingFaults == 0, "nothing was disturbed")
        let stored = try await things.getAll(as: Record.self).compactMap { $0["key"] }
        #expect(Set(stored) == present && stored.count == present.count)
    }

    /// A delete of one of several: sent twice, it would take two.
    @Test(arguments: EngineScene.programs, NetworkProxy.Fault.allCases)
    func aDeleteTakesOneAtMost(_ program: TestProgram, _ fault: NetworkProxy.Fault) async throws {
        let scene = try await EngineScene(program)
        let things = scene.client.repository("things")
        let group = (0..<10).map { ["key": .string("k\($0)"), "group": "g"] as Record }
        for outcome in try await things.saveMany(group) { _ = try outcome.get() }
        scene.network.next([fault], toRequestsWith: scene.delete)
        var left = [9]
        do { try await things.deleteOne(.match("group", "g")) } catch {
            #expect(error.code == .unavailable && error.isRetryable && !error.isOutcomeKnown)
            left = fault == .lost ? [10] : [9]
        }
        #expect(scene.network.pendingFaults == 0, "nothing was disturbed")
        #expect(left.contains(try await things.count(.match("group", "g"))))
    }

    /// An update whose answer was lost is unknown, never failed, unless the engine can tell that a second attempt was the first.
    @Test(arguments: EngineScene.programs, NetworkProxy.Fault.allCases)
    func anUpdateIsUnknownRatherThanFailed(_ program: TestProgram, _ fault: NetworkProxy.Fault) async throws {
        let scene = try await EngineScene(program)
        let things = scene.client.repository("things")
        _ = try await things.save(["key": "old", "n": 1] as Record)
        scene.network.next([fault], toRequestsWith: scene.update)
        var expected: Value = 2
        do { _ = try await things.save(["n": 2] as Record, where: .match("key", "old"), as: Record.self) } catch {
            #expect(error.code == .unavailable && error.isRetryable && !error.isOutcomeKnown)
            if fault == .lost { expected = 1 }
        }
        #expect(scene.network.pendingFaults == 0, "nothing was disturbed")
        #expect(try await things.getOne(.match("key", "old"), as: Record.self)["n"] == expected)
    }
}
