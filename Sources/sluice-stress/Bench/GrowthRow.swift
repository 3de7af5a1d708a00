/// How latency grows with connections: an open loop at half of what 50 clients reach, from 10 connections to 5,000, each latency counted
/// from the intended start. The figure is the p99 of 5,000 connections in that of 10.
enum GrowthRow {
    private static let bar = Bar.below(2)
    private static let counts = [10, 100, 1_000, 5_000]
    private static let capacityClients = 50
    private static let share = 0.5
    private static let depth = 32

    static func measure(_ bench: Bench) throws -> [Measurement] {
        let folder = try bench.folder.subfolder("growth")
        let daemon = try bench.startDaemon(in: folder)
        let stored = try StoredRecords.fill(
            "records", at: daemon.socket, count: bench.isQuick ? 1_000 : 10_000, bodyBytes: Load.bodyBytes(ofRecordBytes: 200))
        let measurements = [
            try measure("ping", on: daemon, bench) { bench.load(.ping, on: daemon, clients: $0) },
            try measure("getOne", on: daemon, bench) { stored.load(on: daemon, clients: $0, bench) },
        ]
        try daemon.stop()
        return measurements
    }

    private static func measure(
        _ name: String, on daemon: MeasuredServer, _ bench: Bench, _ load: (Int) -> Load
    ) throws -> Measurement {
        bench.progress.show("growth", run: 0, of: bench.runs, "\(name): what \(capacityClients) clients reach")
        let rate = share * (try load(capacityClients).run(against: daemon).requestsPerSecond)
        var results = counts.map { _ in [RunResult]() }
        for run in 1...bench.runs {
            for (index, count) in counts.enumerated() {
                bench.progress.show("growth", run: run, of: bench.runs, "\(name), \(count) connections")
                var open = load(count)
                open.rate = rate
                // Few connections must not be the bound: the load is open.
                open.depth = depth
                let result = try open.run(against: daemon)
                guard result.unsent == 0 else {
                    throw StressFailure(.serverFailed, "\(result.unsent) requests of \(name) at \(Int(rate))/s were never sent")
                }
                results[index].append(result)
            }
        }
        let ratios = zip(results[counts.count - 1], results[0]).map { $0.microseconds(quantile: 0.99) / $1.microseconds(quantile: 0.99) }
        let beside = zip(counts, results).flatMap { count, results in
            [
                SideFigure("\(count) connections", "p50", .microseconds, results.map { $0.microseconds(quantile: 0.5) }),
                SideFigure("\(count) connections", "p99", .microseconds, results.map { $0.microseconds(quantile: 0.99) }),
            ]
        }
        return Measurement(
            .growth, "\(name), open loop at half of capacity: p99 of \(counts[counts.count - 1]) connections / of \(counts[0])", .ratio,
            bar,
            runs: ratios, beside: [SideFigure("open loop", "requests", .perSecond, [rate])] + beside)
    }
}
