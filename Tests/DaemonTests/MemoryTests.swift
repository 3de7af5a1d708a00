import Foundation
import SluiceTesting
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
            if let server { try await EngineScene.daemon(on: server.program, at: server.address) } else {
                try await DaemonProcess.started()
            }
        let load = MixedLoad(socket: daemon.socket, requests: Self.requests)
        let begun = ContinuousClock.now
        async let end: Void = load.run()
        var samples: [(answered: Int, bytes: Int)] = []
        while load.answered < load.requests {
            if let bytes = daemon.ownMemory { samples.append((load.answered, bytes)) }
            // A load that has failed gets no further.
            guard ContinuousClock.now - begun < .seconds(1_200) else { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        try await end
        let seconds = Double((ContinuousClock.now - begun).components.seconds)
        let early = Self.median(samples, from: load.requests / 4, to: load.requests * 3 / 10)
        let late = Self.median(samples, from: load.requests * 19 / 20, to: load.requests)
        print(
            "memory: \(program?.rawValue ?? "sqlite"): \(load.requests) requests in \(seconds) s, RssAnon",
            "\(early >> 10) KiB after a quarter, \(late >> 10) KiB at the end, most \((samples.map(\.bytes).max() ?? 0) >> 10) KiB")
        #expect(late - early < Self.mostGrowth)
    }

    private static func median(_ samples: [(answered: Int, bytes: Int)], from: Int, to: Int) -> Int {
        let bytes = samples.filter { (from...to).contains($0.answered) }.map(\.bytes).sorted()
        return bytes.isEmpty ? 0 : bytes[bytes.count / 2]
    }
}
