/// `ping` through the daemon, 50 clients, one request in flight each, against what the machine can do (a bare epoll echo of the same frame)
/// and against the PING of redis-server: the same generator, in the same run, one after the other.
enum PingRow {
    private static let clients = 50
    private static let echoBar = Bar.atLeast(0.7)
    private static let redisBar = Bar.atLeast(2)

    static func measure(_ bench: Bench) throws -> [Measurement] {
        let folder = try bench.folder.subfolder("ping")
        let echo = try bench.startEcho(in: folder)
        let daemon = try bench.startDaemon(in: folder)
        let redis = try bench.startRedis(in: folder)
        var sides = [
            Rounds.Side(bench.load(.ping, on: daemon, clients: clients, processes: Bench.processes), on: daemon),
            Rounds.Side(bench.load(.echo, on: echo, clients: clients, processes: Bench.processes), on: echo),
        ]
        if let redis {
            sides.append(Rounds.Side(bench.load(.redisPing, on: redis, clients: clients, processes: Bench.processes), on: redis))
        }
        let rounds = try Rounds(.ping, bench, sides)
        let reported = try redis.map { try reports(of: $0, in: folder, bench) } ?? []
        for server in [echo, daemon, redis] { try server?.stop() }
        let what = "ping, \(clients) clients: sluiced / "
        return [
            Measurement(
                .ping, what + "bare echo", .ratio, echoBar, runs: rounds.ratios(\.requestsPerSecond), beside: rounds.figures(0, 1)),
            redis == nil
                ? Measurement(.ping, what + "redis-server", .ratio, redisBar, unmeasured: Bench.redisIsMissing)
                : Measurement(
                    .ping, what + "redis-server", .ratio, redisBar, runs: rounds.ratios(\.requestsPerSecond, over: 2),
                    beside: rounds.figures(2) + reported),
        ]
    }

    /// What redis' own generator says of the same server.
    private static func reports(of redis: MeasuredServer, in folder: String, _ bench: Bench) throws -> [SideFigure] {
        let reports = try (1...bench.runs).compactMap { run in
            bench.progress.show("ping", run: run, of: bench.runs, "redis-benchmark")
            return try RedisBenchmark.pingsPerSecond(
                at: redis.socket, clients: clients, requests: bench.isQuick ? 20_000 : 200_000, in: folder,
                processors: bench.generatorProcessors)
        }
        return reports.isEmpty ? [] : [SideFigure("redis-benchmark", "PING, as it reports it,", .perSecond, reports)]
    }
}
