import CBench

/// An engine that is further and further away: reads by id of 2,000 records on MongoDB, 200 clients over four connections, with batching and
/// without. While a round trip is under way the queue grows, and the next one takes more with it.
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
            let batching = try side(bench, programs, delay, isBatching: true)
            let alone = try side(bench, programs, delay, isBatching: false)
            func median(_ results: [RunResult], _ figure: (RunResult) -> Double) -> Double { Spread(results.map(figure)).median }
            let (rate, rateAlone) = (median(batching.results, \.requestsPerSecond), median(alone.results, \.requestsPerSecond))
            table.add([
                delay == 0 ? "nothing" : "\(NumberText.fixed(delay, 0)) ms", NumberText.fixed(rate, 0),
                RunReport.duration(median(batching.results, \.median)), NumberText.short(batching.batch), NumberText.fixed(rateAlone, 0),
                RunReport.duration(median(alone.results, \.median)), NumberText.short(rate / rateAlone),
            ])
        }
        return table
    }

    /// - Returns: the runs, and how many requests were in a batch on average.
    private static func side(
        _ bench: Bench, _ programs: Rig.Programs, _ delay: Double, isBatching: Bool
    ) throws -> (results: [RunResult], batch: Double) {
        var programs = programs
        programs.connections = connections
        programs.engineDelay = delay
        if !isBatching { programs.daemonFlags = ["--no-batching"] }
        bench.progress.show("engine latency", run: 0, of: bench.runs, "writing \(records) records")
        let rig = try Rig(.mongodb, programs, in: try WorkFolder(in: bench.folder.path))
        var mix = Mix(reads: 1000)
        (mix.keys, mix.fields, mix.fieldBytes) = (.uniform, 8, 24)
        let store = try RecordStore(at: rig.socket, mix, records: records)
        let load = store.load(
            clients: clients, processes: Bench.processes, extent: .seconds(bench.window * 1.5, warmUp: bench.warmUp))
        let before = DaemonSample(at: rig.socket, second: 0, usage: nil)
        let results = try (1...bench.runs).map { run in
            bench.progress.show(
                "engine latency", run: run, of: bench.runs, "\(NumberText.fixed(delay, 0)) ms, \(isBatching ? "batching" : "--no-batching")"
            )
            return try load.run()
        }
        guard let before, let after = DaemonSample(at: rig.socket, second: 1, usage: nil), after.readBatches > before.readBatches else {
            throw StressFailure(.serverFailed, "the daemon does not tell its batches")
        }
        return (results, Double(after.readRequests - before.readRequests) / Double(after.readBatches - before.readBatches))
    }
}
