import Foundation
import SluiceClient
import SluiceTesting
import Testing

/// `kill -9` in the midst of concurrent writers, again and again on one state directory: what was acknowledged is there, whole, and what
/// was deleted stays away. A kill takes the process, not the machine: that records survive a power cut is SQLite's word for
/// `synchronous=FULL`.
@Suite struct DurabilityTests {
    private static let kills = 20
    private static let patientWriters = 12
    private static let pipeliningWriters = 3

    @Test func twentyKillsAmidWritersLoseNothing() async throws {
        let daemon = try await DaemonProcess.started()
        let progress = LoadProgress(workers: Self.patientWriters + Self.pipeliningWriters)
        // Soon back, since the next kill waits for everybody.
        let options = ClientOptions(deadline: .seconds(120), backoff: Backoff(first: .milliseconds(10), longest: .milliseconds(100)))
        let ledgers = try await withThrowingTaskGroup(of: WriterLedger.self) { group in
            for number in 0..<Self.patientWriters where number % 4 == 0 {
                let client = try SluiceClient(path: daemon.socket, options: options)
                // The key is the writer's own, so that every operation can address it.
                let things = try await client.defineRepository("things", ["name": "things", "hashKey": "key", "indexes": ["version"]])
                let writer = PatientWriter(things: things, progress: progress)
                for task in number..<number + 4 { group.addTask { try await writer.run("patient\(task)") } }
            }
            for number in 0..<Self.pipeliningWriters {
                let writer = PipeliningWriter(socket: daemon.socket, progress: progress)
                group.addTask { try await blocking { try writer.run("pipelining\(number)") } }
            }
            do { try await killAgainAndAgain(daemon, progress) } catch {
                // What the writers saw says more than that they stand still.
                progress.end()
                try await group.waitForAll()
                throw error
            }
            progress.end()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        daemon.kill()
        try await checkIntegrity(daemon)
        try await daemon.start()
        try await check(ledgers, against: daemon)
    }

    private func killAgainAndAgain(_ daemon: DaemonProcess, _ progress: LoadProgress) async throws {
        for _ in 0...Self.kills {
            try await progress.wait(for: Int.random(in: 1...30), log: daemon.log)
            daemon.kill()
            try await checkIntegrity(daemon)
            try await daemon.start()
        }
    }

    /// Lets SQLite's own shell look at the file as the kill left it. A copy, because looking would do the recovery that is left to the next
    /// daemon.
    private func checkIntegrity(_ daemon: DaemonProcess) async throws {
        let folder = TemporaryFolder()
        for name in ["/sluice.db", "/sluice.db-wal"] where FileManager.default.fileExists(atPath: daemon.data + name) {
            try FileManager.default.copyItem(atPath: daemon.data + name, toPath: folder + name)
        }
        let shell = try ChildProcess(
            ["sqlite3", "-batch", folder + "/sluice.db", "PRAGMA integrity_check; SELECT count(*) >= 0 FROM things"],
            output: folder + "/output")
        #expect(try await shell.end() == .exit(0))
        #expect(shell.written == "ok\n1\n")
    }

    private func check(_ ledgers: [WriterLedger], against daemon: DaemonProcess) async throws {
        let things = try SluiceClient(path: daemon.socket).repository("things")
        var stored: [String: Thing] = [:]
        var ids: Set<Value> = []
        for try await record in things.scan(pageSize: 1000, as: Record.self) {
            let thing = try #require(Thing(record), "half-written: \(record)")
            #expect(stored.updateValue(thing, forKey: thing.key) == nil, "twice: \(thing)")
            #expect(ids.insert(record["id"] ?? .null).inserted)
        }
        for ledger in ledgers { #expect(ledger.faults(in: stored) == []) }
        #expect(ledgers.allSatisfy { $0.presentCount > 0 })
        // No kill leaves more in doubt than was in flight: five records a request at most.
        let inFlight = 5 * (Self.patientWriters + Self.pipeliningWriters * PipeliningWriter.depth)
        #expect(ledgers.map(\.unknownCount).reduce(0, +) <= (Self.kills + 2) * inFlight)
    }
}
