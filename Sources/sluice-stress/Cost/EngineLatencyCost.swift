import CBench

/// An engine that is further and further away: reads by id of 2,000 records on MongoDB, 200 clients over four connections, with batching
/// and without. While a round trip is under way the queue grows, and the next one takes more with it.
enum EngineLatencyCost {
    private static let delays = [0.0, 1, 5, 20]
    private static let clients = 200
    private static let connections = 4
    private static let records = 2_000

    static func measure(_ bench: Bench, _ programs: Rig.Programs) throws -> CostTable {
        var table = CostTable(
            "Engine latency",
            heads: ["added to each round trip", "requests/s", "p50", "requests in a batch", "`--no-batching`", "p50", "gain"])
        for delay in delays {
            bench.progress.show("engine latency", run: 0, of: bench.runs, "writing \(records) records, twice")
            let sides = [try Side(bench, programs, delay, isBatching: true), try Side(bench, programs, delay, isBatching: false)]
            for run in 1...bench.runs {
                for side in sides {
                    bench.progress.show("engine latency", run: run, of: bench.runs, "\(NumberText.fixed(delay, 0)) ms, \(side.name)")
                    try side.measure()
                }
            }
            let (batching, alone) = (sides[0], sides[1])
            let gain = Spread(zip(batching.results, alone.results).map { $0.requestsPerSecond / $1.requestsPerSecond })
            table.add([
                delay == 0 ? "nothing" : "\(NumberText.fixed(delay, 0)) ms", batching.rate, batching.median,
                NumberText.short(try batching.requestsInABatch()), alone.rate, alone.median,
                "\(NumberText.short(gain.median)) (\(NumberText.short(gain.least)) … \(NumberText.short(gain.most)))",
            ])
        }
        return table
    }

    /// A daemon with its own server, and the runs on it.
    private final class Side {
        let name: String
        private(set) var results: [RunResult] = []
        private let rig: Rig
        private let load: Load
        /// Holds the ledger that the load works with.
        private let store: RecordStore
        private let before: DaemonSample?

        init(_ bench: Bench, _ programs: Rig.Programs, _ delay: Double, isBatching: Bool) throws {
            var programs = programs
            programs.connections = connections
            programs.engineDelay = delay
            if !isBatching { programs.daemonFlags = ["--no-batching"] }
            name = isBatching ? "batching" : "--no-batching"
            rig = try Rig(.mongodb, programs, in: try WorkFolder(in: bench.folder.path))
            var mix = Mix(reads: 1000)
            (mix.keys, mix.fields, mix.fieldBytes) = (.uniform, 8, 24)
            store = try RecordStore(at: rig.socket, mix, records: records)
            load = store.load(
                clients: clients, processes: Bench.processes, extent: .seconds(bench.window * 1.5, warmUp: bench.warmUp))
            before = DaemonSample(at: rig.socket, second: 0, usage: nil)
        }

        func measure() throws { results.append(try load.run()) }

        var rate: String { NumberText.fixed(Spread(results.map(\.requestsPerSecond)).median, 0) }
        var median: String { RunReport.duration(Spread(results.map(\.median)).median) }

        /// On average over all runs.
        func requestsInABatch() throws -> Double {
            guard let before, let after = DaemonSample(at: rig.socket, second: 1, usage: nil), after.readBatches > before.readBatches else {
                throw StressFailure(.serverFailed, "the daemon does not tell its batches")
            }
            return Double(after.readRequests - before.readRequests) / Double(after.readBatches - before.readBatches)
        }
    }
}
