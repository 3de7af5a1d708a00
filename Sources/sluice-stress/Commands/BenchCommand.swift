import ArgumentParser
import CBench
import Glibc

/// The benchmark: starts everything, measures every row, prints one table.
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures this machine against the project's bars, and says which are met.",
        discussion: """
            Each figure is a ratio between two servers under the same generator, measured one after the other in each of several runs: \
            absolute numbers depend on the machine, ratios hardly do. The rows:

              ping      requests a second of 50 clients: the daemon against a bare echo server, and against redis-server's PING
              pipeline  the same with 16 requests in flight on each connection, against redis-server's PING pipelined
              hop       the median time of a request through an engine that does nothing, against an echo by a worker thread
              getOne    the median time of a read by id, one client, embedded engine, against the echo's round trip
              creates   durable creates of 64 clients: the daemon against 64 processes that write an SQLite file directly
              batching  reads a second of one client with batching on against off: where nothing queues, it must cost nothing
              growth    the p99 of 5,000 connections against that of 10, in an open loop at half of capacity: ping and getOne, each in \
            typical tenths of a second
              mongodb   reads and creates a second of 200 clients through four connections against 200 clients directly (SecantusDB)
              dynamodb  reads a second, the same (roto)
              memory    RssAnon of the idle daemon, what each of 10,000 idle clients adds, and how long they take to connect

            It takes about fourteen minutes; --quick takes seconds and is good for finding out whether all of it works. Build in release \
            mode. The machine should do nothing else: a run in which other programs were busy is called DISTURBED.

              sluice-stress bench
              sluice-stress bench --only creates --directory /mnt/disk --runs 9
              sluice-stress bench --json > bench.json
            """
    )

    @Option(help: "The daemon to measure. (default: sluiced beside this program)")
    var daemon: String?

    @Option(help: "redis-server, a path or a name to be found in PATH.")
    var redis = "redis-server"

    @Option(help: "Folder for data and sockets; its path must be short, and for creates it must lie on a disk.")
    var directory = "/var/tmp"

    @Option(help: "How often each row is measured.")
    var runs = 5

    @Option(help: "Measure this row only: \(BenchRow.allCases.map(\.rawValue).joined(separator: ", ")). Can be given again.")
    var only: [BenchRow] = []

    @Flag(help: "Short runs, and fewer: not for figures to be quoted.")
    var quick = false

    @Flag(inversion: .prefixedNo, help: "Where nothing needs all processors, keep generators on the last and servers on the others.")
    var pin = true

    @Flag(help: "Print JSON instead of a table.")
    var json = false

    func validate() throws { try OptionRange("--runs", 1...99).check(runs) }

    func run() throws {
        bench_catch_interrupts()
        var isMet = false
        let status = StressFailure.reporting { isMet = try measure() }
        throw status == 0 && !isMet ? ExitCode.failure : ExitCode(status)
    }

    private func measure() throws -> Bool {
        let progress = ProgressLine()
        defer { progress.clear() }
        let executable = try ProgramPath.daemon(daemon)
        let bench = Bench(
            folder: try WorkFolder(in: directory), daemon: executable, redis: ProgramPath.find(redis),
            runs: quick ? min(runs, 3) : runs, isQuick: quick, isPinned: pin && Bench.processorCount > 1, progress: progress)
        let rows = try BenchRow.allCases.filter { only.isEmpty || only.contains($0) }.flatMap { try $0.lines(bench) }
        progress.clear()
        let report = BenchReport(
            machine: Machine(), daemon: executable, runs: bench.runs, isQuick: quick, isPinned: bench.isPinned,
            isOptimised: Self.isOptimised, rows: rows)
        print(json ? try report.readableJSON() : report.table())
        return report.isMet
    }

    /// Whether this program was built in release mode.
    static var isOptimised: Bool {
        #if DEBUG
            false
        #else
            true
        #endif
    }
}

extension BenchRow: ExpressibleByArgument {}
