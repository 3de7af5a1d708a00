import ArgumentParser
import CBench

/// How cost grows with clients, record size and the engine's distance.
struct CostCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cost",
        abstract: "Measures how the cost of a request grows with clients, record size and engine latency.",
        discussion: """
            Starts all it needs by itself and prints a table in Markdown for each of:

              clients         1 to 1,000 clients: ping and reads by id, embedded engine
              record-size     200 bytes to 200 KB: reads by id and durable creates, embedded engine
              engine-latency  0 to 20 ms more for each round trip to MongoDB: reads of 200 clients over four connections, with batching \
            and without

            Each figure is the median of the runs; in parentheses the least and the most. It takes about four minutes. Build in release \
            mode; the machine should do nothing else. The bars of the project are 'bench's.

              sluice-stress cost
              sluice-stress cost --only engine-latency --runs 3
            """
    )

    @OptionGroup var rig: RigOptions

    @Option(help: "How often each is measured.")
    var runs = 5

    @Option(help: "Measure this only: \(CostSubject.allCases.map(\.rawValue).joined(separator: ", ")). Can be given again.")
    var only: [CostSubject] = []

    @Flag(help: "Short runs: not for figures to be quoted.")
    var quick = false

    @Flag(help: "Print JSON instead of tables.")
    var json = false

    func validate() throws { try OptionRange("--runs", 1...99).check(runs) }

    func run() throws {
        bench_catch_interrupts()
        throw ExitCode(StressFailure.reporting(measure))
    }

    private func measure() throws {
        let progress = ProgressLine()
        defer { progress.clear() }
        let programs = try rig.programs()
        let bench = Bench(
            folder: try WorkFolder(in: rig.directory), daemon: programs.daemon, redis: nil, runs: runs, isQuick: quick,
            isPinned: Bench.processorCount > 1, progress: progress)
        let tables = try CostSubject.allCases.filter { only.isEmpty || only.contains($0) }.map { try $0.measure(bench, programs) }
        progress.clear()
        if json { return print(try tables.readableJSON()) }
        var lines = [Machine().sentence]
        if quick { lines.append("QUICK: too short to be quoted") }
        if !BenchCommand.isOptimised { lines.append("BUILT WITHOUT OPTIMISATION: not to be quoted") }
        print((lines + tables.map(\.text)).joined(separator: "\n\n"))
    }
}

extension CostSubject: ExpressibleByArgument {}
