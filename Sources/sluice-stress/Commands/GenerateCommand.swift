import ArgumentParser
import CBench

/// One process of a load, which is the first line that it reads. `Load` starts it; it reports over its pipes.
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "generate", abstract: "One process of a load.", shouldDisplay: false)

    func run() throws {
        bench_catch_interrupts()  // its parent cuts connections by a signal
        throw ExitCode(StressFailure.reporting(generate))
    }

    private func generate() throws {
        guard let line = readLine() else { throw StressFailure(.interrupted, "the run was given up before it began") }
        let load = try Load(json: line)
        let ledger = load.ledgerPath.isEmpty ? nil : try Ledger(path: load.ledgerPath)
        let result: UnsafeMutablePointer<bench_result> = bench_result_new()
        defer { bench_result_free(result) }
        var native = load.native(ledger)
        if load.workload == .storm || load.slowBytesPerSecond > 0 {
            try Self.visit(&native, load.slowBytesPerSecond, result)
        } else {
            try bench_is_peer(load.socket) ? Self.drive(&native, result) : Self.generate(&native, result)
        }
        try Gate.hand(over: result)
        withExtendedLifetime(ledger) {}
    }

    private static func generate(_ load: inout bench_load, _ result: UnsafeMutablePointer<bench_result>) throws {
        var failure = bench_failure()
        guard let generator = bench_generator_prepare(&load, &failure) else { throw StressFailure(.serverNotThere, failure) }
        defer { bench_generator_free(generator) }
        try Gate.passThrough()
        guard bench_generator_run(generator, result, &failure) else { throw StressFailure.judging(failure) }
    }

    private static func visit(_ load: inout bench_load, _ bytesPerSecond: Int, _ result: UnsafeMutablePointer<bench_result>) throws {
        var failure = bench_failure()
        try Gate.passThrough()
        let isRight =
            load.workload == BENCH_STORM
            ? bench_storm_run(&load, result, &failure) : bench_slow_readers_run(&load, UInt32(bytesPerSecond), result, &failure)
        guard isRight else { throw StressFailure.judging(failure) }
    }

    private static func drive(_ load: inout bench_load, _ result: UnsafeMutablePointer<bench_result>) throws {
        var failure = bench_failure()
        guard let peer = bench_peer_prepare(&load, &failure) else { throw StressFailure(.serverNotThere, failure) }
        defer { bench_peer_free(peer) }
        try Gate.passThrough()
        guard bench_peer_run(peer, result, &failure) else { throw StressFailure.judging(failure) }
    }
}
