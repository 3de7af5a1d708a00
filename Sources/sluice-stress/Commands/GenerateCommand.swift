import ArgumentParser
import CBench
import Glibc

/// One process of a load. `Load` starts it; it reports over its pipes.
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "generate", abstract: "One process of a load.", shouldDisplay: false)

    @Option var workload: Load.Workload
    @Option var socket: String
    @Option var clients: UInt32
    @Option var depth: UInt32
    @Option var repository: String
    @Option var nameSpace: UInt64
    @Option var records: UInt64
    @Option var bodyBytes: UInt32
    @Option var seconds: Double = 0
    @Option var warmUp: Double = 0
    @Option var requests: UInt64 = 0
    @Flag var inOrder = false

    func run() throws {
        throw ExitCode(StressFailure.reporting(generate))
    }

    private func generate() throws {
        // The generator keeps the pointers while it lives, which is as long as the process does.
        var load = bench_load()
        load.workload = workload.code
        load.socket_path = UnsafePointer(strdup(socket))
        load.clients = clients
        load.depth = depth
        load.warm_up = UInt64(warmUp * 1e9)
        load.window = UInt64(seconds * 1e9)
        load.requests = requests
        load.repository = UnsafePointer(strdup(repository))
        load.name_space = nameSpace
        load.records = records
        load.in_order = inOrder
        load.body_bytes = bodyBytes

        var failure = bench_failure()
        guard let generator = bench_generator_prepare(&load, &failure) else { throw StressFailure(.serverNotThere, failure) }
        defer { bench_generator_free(generator) }
        try Gate.passThrough()
        let result: UnsafeMutablePointer<bench_result> = bench_result_new()
        defer { bench_result_free(result) }
        guard bench_generator_run(generator, result, &failure) else { throw StressFailure(.wrongAnswer, failure) }
        try Gate.hand(over: result)
    }
}

extension Load.Workload: ExpressibleByArgument {}
