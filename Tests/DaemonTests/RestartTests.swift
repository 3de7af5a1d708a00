import Glibc
import SluiceClient
import SluiceTesting
import Testing

/// Ten restarts under load with a listener that stays, as `systemctl restart` with `sluice.socket`: nobody is refused, and nobody loses a
/// request.
@Suite(.serialized) struct RestartTests {
    private static let restarts = 10
    private static let clients = 3
    private static let tasksPerClient = 4
    private static let connecting = 3
    private static let definition: StructuredValue = ["name": "things", "indexes": ["n"]]

    /// Which operations the Swift clients use.
    private enum Use { case everything, whatCanBeSentAgain }

    /// One task's rounds. A single error ends the test.
    /// - Returns: the numbers that should be stored at the end.
    private static func work(_ things: Repository, _ use: Use, from first: Int64, _ load: LoadProgress) async throws -> [Int64] {
        var kept: [Int64] = []
        var number = first
        while !load.isOver {
            number += 1
            let record = try await things.save(["n": .integer(number), "state": "new"] as Record)
            let this = try Filter.match("id", record["id"]?.string ?? "")
            if use == .everything {
                let changed = try await things.save(["state": "changed"] as Record, where: this, as: Record.self)
                #expect(changed["n"] == .integer(number))
                _ = try await things.upsert(["id": record["id"]!, "state": "upserted"] as Record)
            }
            let read = try await things.getOne(this, as: Record.self)
            #expect(read["state"] == (use == .everything ? "upserted" : "new"))
            if use == .everything, number % 3 == 0 { try await things.deleteOne(this) } else { kept.append(number) }
            load.advance("task \(first)")
        }
        return kept
    }

    /// Opens one connection after the other, each with a request of its own.
    /// - Parameter isOrderly: the daemons leave by SIGTERM, so that every request that could be written is answered.
    private static func connectAgainAndAgain(_ number: Int, _ socket: String, _ load: LoadProgress, isOrderly: Bool) throws {
        while !load.isOver {
            // Throws when it is refused.
            let client = try RawClient(socket)
            // A daemon that is leaving may have shut this one out before it wrote.
            guard client.send(RawClient.hello + RawClient.ping) else { continue }
            guard let reply = try client.reply() else {
                guard isOrderly else { continue }
                throw Failure("a request that was written whole was not answered")
            }
            if case .failure(let error) = reply.result, error.code != .shuttingDown { throw error }
            load.advance("connections \(number)")
        }
    }

    /// Runs clients of both kinds until the test has done what it wants.
    private func run(_ use: Use, signal: Int32, expecting status: Int32) async throws {
        let holder = try ListenerHolder()
        try await eventually("a listener") { (try? RawClient(holder.socket)) != nil }
        let load = LoadProgress(workers: Self.clients * Self.tasksPerClient + Self.connecting)
        let stored = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for number in 0..<Self.clients {
                let client = try SluiceClient(path: holder.socket, options: ClientOptions(deadline: .seconds(120)))
                let things = try await client.defineRepository("things", Self.definition)
                for task in 0..<Self.tasksPerClient {
                    group.addTask { try await Self.work(things, use, from: Int64(number * Self.tasksPerClient + task) * 1_000_000, load) }
                }
            }
            for number in 0..<Self.connecting {
                group.addTask {
                    try await blocking { try Self.connectAgainAndAgain(number, holder.socket, load, isOrderly: signal == SIGTERM) }
                    return []
                }
            }
            do { try await restart(holder, signal, load) } catch {
                // What the clients saw says more than that the load stands still.
                load.end()
                try await group.waitForAll()
                throw error
            }
            load.end()
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(holder.ended == Array(repeating: status, count: Self.restarts))
        let things = try SluiceClient(path: holder.socket).repository("things")
        #expect(try await things.getAll(as: Record.self).compactMap { $0["n"]?.integer }.sorted() == stored.sorted())
        #expect(try await holder.finish() == .exit(0), "\(holder.log)")
    }

    private func restart(_ holder: ListenerHolder, _ signal: Int32, _ load: LoadProgress) async throws {
        for _ in 0...Self.restarts {
            try await load.wait(for: 10, log: holder.log)
            if holder.started.count <= Self.restarts { try await holder.restart(signal) }
        }
    }

    @Test func tenRestartsAreNotNoticed() async throws { try await run(.everything, signal: SIGTERM, expecting: 0) }

    /// Updates and deletes of a daemon that is killed have an unknown outcome; what can be sent again never fails.
    @Test func tenKillsRefuseNobodyAndFailNothingThatCanBeSentAgain() async throws {
        try await run(.whatCanBeSentAgain, signal: SIGKILL, expecting: -SIGKILL)
    }
}
