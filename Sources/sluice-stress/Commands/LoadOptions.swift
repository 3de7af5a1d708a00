import ArgumentParser
import CBench
import Glibc

/// The options that `ping`, `create` and `get` share.
struct LoadOptions: ParsableArguments {
    @Option(help: "The daemon's socket. Without it, the environment variable SLUICE_SOCKET.")
    var socket: String?

    @Option(help: "Connections in all.")
    var clients = 50

    @Option(help: "Processes that share them out.")
    var processes = 1

    @Option(help: "Requests in flight on each connection, at most \(BENCH_MAX_DEPTH).")
    var depth = 1

    @Option(help: "How long to measure, seconds. A tenth of it more goes before, unmeasured.")
    var seconds = 5.0

    @Flag(help: "Print JSON instead of text.")
    var json = false

    mutating func validate() throws {
        socket = socket ?? Terminal.variable("SLUICE_SOCKET")
        guard socket != nil else { throw ValidationError("Which daemon? Give --socket PATH or set SLUICE_SOCKET.") }
        try OptionRange("--processes", 1...1_000).check(processes)
        try OptionRange("--clients", processes...100_000, "with one for each process at least").check(clients)
        try OptionRange("--depth", 1...Int(BENCH_MAX_DEPTH)).check(depth)
        try OptionRange.seconds("--seconds", from: 0.001).check(seconds)
    }

    func load(_ workload: Load.Workload) -> Load {
        Load(
            workload: workload, socket: socket ?? "", clients: clients, processes: processes, depth: depth,
            extent: .seconds(seconds, warmUp: seconds / 10))
    }

    /// Prints what a run of the load came to.
    func report(_ load: Load, _ result: RunResult) throws {
        let report = LoadReport(load, result)
        print(json ? try report.readableJSON() : report.text())
    }

    /// Runs a command's body with interrupts caught; its failure becomes the exit code.
    func exit(_ body: () throws -> Void) -> ExitCode {
        bench_catch_interrupts()
        return ExitCode(StressFailure.reporting(body))
    }
}
