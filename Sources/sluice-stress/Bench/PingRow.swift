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
        let redis = try bench.redis.map { try MeasuredServer.redis($0, in: folder, processors: bench.serverProcessors) }

        var ofEcho: [RunResult] = []
        var ofDaemon: [RunResult] = []
        var ofRedis: [RunResult] = []
        for run in 1...bench.runs {
            bench.progress.show("ping", run: run, of: bench.runs, "bare echo")
            ofEcho.append(try bench.load(.echo, on: echo, clients: clients).run(against: echo))
            bench.progress.show("ping", run: run, of: bench.runs, "sluiced")
            ofDaemon.append(try bench.load(.ping, on: daemon, clients: clients).run(against: daemon))
            guard let redis else { continue }
            bench.progress.show("ping", run: run, of: bench.runs, "redis-server")
            ofRedis.append(try bench.load(.redisPing, on: redis, clients: clients).run(against: redis))
        }
        for server in [echo, daemon, redis] { try server?.stop() }
        return [
            Measurement(
                .ping, "ping, \(clients) clients: sluiced / bare echo", .ratio, echoBar, runs: ratios(ofDaemon, ofEcho),
                beside: SideFigure.all(of: "sluiced", ofDaemon) + SideFigure.all(of: "bare echo", ofEcho)),
            againstRedis(ofDaemon, ofRedis),
        ]
    }

    private static func againstRedis(_ ofDaemon: [RunResult], _ ofRedis: [RunResult]) -> Measurement {
        let what = "ping, \(clients) clients: sluiced / redis-server"
        guard !ofRedis.isEmpty else {
            let reason = "redis-server was not found; install it (Debian: redis-server) or give --redis"
            return Measurement(.ping, what, .ratio, redisBar, unmeasured: reason)
        }
        let beside = SideFigure.all(of: "redis-server", ofRedis)
        return Measurement(.ping, what, .ratio, redisBar, runs: ratios(ofDaemon, ofRedis), beside: beside)
    }

    private static func ratios(_ ours: [RunResult], _ theirs: [RunResult]) -> [Double] {
        zip(ours, theirs).map { $0.requestsPerSecond / $1.requestsPerSecond }
    }
}
