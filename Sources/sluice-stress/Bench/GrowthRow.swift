import CBench

/// How latency grows with connections: an open loop at half of what 50 clients reach, from 10 connections to 5,000, each latency counted
/// from the intended start. The figure is the p99 of 5,000 connections in that of 10, each that of a typical tenth of a second: how often a
/// machine stands still would decide it otherwise. That is measured apart, and so is the bare echo under the load of `ping`, which shows
/// what the machine and the generator make of so many connections by themselves.
enum GrowthRow {
    private static let bar = Bar.below(2)
    private static let counts = [10, 100, 1_000, 5_000]
    private static let capacityClients = 50
    private static let share = 0.5
    /// Few connections must not be the bound: the load is open.
    private static let depth = 32

    static func measure(_ bench: Bench) throws -> [Measurement] {
        let folder = try bench.folder.subfolder("growth")
        let daemon = try bench.startDaemon(in: folder)
        let echo = try bench.startEcho(in: folder)
        let stored = try StoredRecords.fill(at: daemon, bench)
        let stalls = stalls(bench)
        func ping(_ clients: Int) -> Load { bench.load(.ping, on: daemon, clients: clients) }
        let rate = try halfOfCapacity("ping", bench, ping, on: daemon)
        let echoes = try sides("bare echo", [counts[0], counts[counts.count - 1]], at: rate, on: echo) {
            bench.load(.echo, on: echo, clients: $0)
        }
        let pings = try Rounds(.growth, bench, sides("ping", counts, at: rate, on: daemon, ping) + echoes)
        func read(_ clients: Int) -> Load { stored.load(on: daemon, clients: clients, bench) }
        let readRate = try halfOfCapacity("getOne", bench, read, on: daemon)
        let reads = try Rounds(.growth, bench, sides("getOne", counts, at: readRate, on: daemon, read))
        for server in [daemon, echo] { try server.stop() }
        let echoed = SideFigure("whole windows", "that of the bare echo", .times, wholeGrowth(pings, counts.count + 1, counts.count))
        return [measurement("ping", pings, at: rate, [echoed] + stalls), measurement("getOne", reads, at: readRate)]
    }

    /// What the machine takes from its processors when all of them are busy.
    private static func stalls(_ bench: Bench) -> [SideFigure] {
        let stalls = (1...bench.runs).map { run in
            bench.progress.show("growth", run: run, of: bench.runs, "what is taken from busy processors")
            return bench_measure_stalls(UInt64(bench.window * 1e9))
        }
        return [
            SideFigure("busy processor", "stands still", .percent, stalls.map { 100 * $0.share }),
            SideFigure("busy processor", "longest", .microseconds, stalls.map { Double($0.longest) / 1000 }),
        ]
    }

    private static func halfOfCapacity(
        _ name: String, _ bench: Bench, _ load: (Int) -> Load, on server: MeasuredServer
    ) throws -> Double {
        bench.progress.show("growth", run: 0, of: bench.runs, "\(name): what \(capacityClients) clients reach")
        return share * (try load(capacityClients).run(against: server).requestsPerSecond)
    }

    /// An open loop over each number of connections.
    private static func sides(
        _ name: String, _ counts: [Int], at rate: Double, on server: MeasuredServer, _ load: (Int) -> Load
    ) throws -> [Rounds.Side] {
        counts.map { count in
            var open = load(count)
            open.rate = rate
            open.depth = depth
            return Rounds.Side("\(name), \(count) connections") { [open] in
                let result = try open.run(against: server)
                guard result.unsent == 0 else {
                    throw StressFailure(.serverFailed, "\(result.unsent) requests of \(name) at \(Int(rate))/s were never sent")
                }
                return result
            }
        }
    }

    /// How much larger the p99 of a whole run is on one side than on another, the machine's stalls and all.
    private static func wholeGrowth(_ rounds: Rounds, _ side: Int, _ other: Int) -> [Double] {
        rounds.ratios({ $0.microseconds(quantile: 0.99) }, side, over: other)
    }

    private static func measurement(
        _ name: String, _ rounds: Rounds, at rate: Double, _ more: [SideFigure] = []
    ) -> Measurement {
        let most = counts.count - 1
        let what = "\(name), open loop at half of capacity: typical p99 of \(counts[most]) connections / of \(counts[0])"
        let ratios = rounds.ratios({ $0.typicalMicroseconds(quantile: 0.99) }, most, over: 0)
        let beside = [
            SideFigure("open loop", "requests", .perSecond, [rate]),
            SideFigure("whole windows", "p99 grows", .times, wholeGrowth(rounds, most, 0)),
        ]
        return Measurement(.growth, what, .ratio, bar, runs: ratios, beside: beside + more + rounds.latencies)
    }
}
