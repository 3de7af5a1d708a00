import Foundation
import SluiceTesting
import Synchronization
import Testing

/// The daemon's memory over many mixed requests on each engine. `SLUICE_TEST_REQUESTS` says how many; `scripts/memory-check` asks for
/// 200,000 and prints the figures.
@Suite(.serialized) struct MemoryTests {
    /// What it may grow by, bytes, after the first quarter: 30 bytes lost by each request would be more.
    private static let mostGrowth = 4 << 20
    private static let requests = ProcessInfo.processInfo.environment["SLUICE_TEST_REQUESTS"].flatMap { Int($0) } ?? 30_000

    @Test(arguments: [nil] + EngineScene.engines) func memoryStaysFlat(_ program: TestProgram?) async throws {
        let server = try await blocking { try program.map { try TestServer($0) } }
        let daemon =
            if let server { try await EngineScene.daemon(on: server.program, at: Self.place(of: server)) } else {
                try await DaemonProcess.started()
            }
        let load = MixedLoad(on: daemon, requests: Self.requests)
        let begun = ContinuousClock.now
        // By progress, not by time: however slow the load is or this machine, each part of it has its samples.
        let sampled = Mutex<[Sample]>([])
        try await load.run { answered in
            if let bytes = daemon.ownMemory { sampled.withLock { $0.append(Sample(answered: answered, bytes: bytes)) } }
        }
        let samples = sampled.withLock { $0 }
        let seconds = Double((ContinuousClock.now - begun).components.seconds)
        let early = try Self.median(samples, from: load.requests / 4, to: load.requests * 3 / 10)
        let late = try Self.median(samples, from: load.requests * 19 / 20, to: load.requests)
        print(
            "memory: \(program?.rawValue ?? "sqlite"): \(load.requests) requests in \(seconds) s, RssAnon",
            "\(early >> 10) KiB after a quarter, \(late >> 10) KiB at the end, most \((samples.map(\.bytes).max() ?? 0) >> 10) KiB")
        #expect(late - early < Self.mostGrowth)
    }

    /// On a busy machine SecantusDB does not always answer within the two seconds that the daemon gives a server by itself; this is not
    /// about that.
    private static func place(of server: TestServer) -> String {
        guard server.program == .secantusdb || server.program == .secantusdbReplicaSet else { return server.address }
        return "mongodb://\(server.address)/?\(EngineServer.patience)"
    }

    /// The memory when so many requests had been answered.
    private struct Sample: Sendable {
        let answered: Int
        let bytes: Int
    }

    private static func median(_ samples: [Sample], from: Int, to: Int) throws -> Int {
        let bytes = samples.filter { (from...to).contains($0.answered) }.map(\.bytes).sorted()
        try #require(!bytes.isEmpty, "no sample between \(from) and \(to) requests")
        return bytes[bytes.count / 2]
    }
}
