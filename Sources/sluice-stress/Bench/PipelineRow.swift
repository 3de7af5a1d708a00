/// `ping` through the daemon with 16 requests in flight on each of 50 connections, against redis-server's PING pipelined likewise: one read
/// and one write then serve many requests.
enum PipelineRow {
    private static let clients = 50
    private static let depth = 16
    private static let bar = Bar.atLeast(1)
    private static let what = "ping, \(clients) clients, \(depth) in flight: sluiced / redis-server"

    static func measure(_ bench: Bench) throws -> [Measurement] {
        guard let program = bench.redis else {
            let reason = "redis-server was not found; install it (Debian: redis-server) or give --redis"
            return [Measurement(.pipeline, what, .ratio, bar, unmeasured: reason)]
        }
        let folder = try bench.folder.subfolder("pipeline")
        let daemon = try bench.startDaemon(in: folder)
        let redis = try MeasuredServer.redis(program, in: folder, processors: bench.serverProcessors)
        var ofDaemon: [RunResult] = []
        var ofRedis: [RunResult] = []
        for run in 1...bench.runs {
            bench.progress.show("pipeline", run: run, of: bench.runs, "sluiced")
            ofDaemon.append(try load(.ping, daemon, bench))
            bench.progress.show("pipeline", run: run, of: bench.runs, "redis-server")
            ofRedis.append(try load(.redisPing, redis, bench))
        }
        for server in [daemon, redis] { try server.stop() }
        let ratios = zip(ofDaemon, ofRedis).map { $0.requestsPerSecond / $1.requestsPerSecond }
        return [
            Measurement(
                .pipeline, what, .ratio, bar, runs: ratios,
                beside: SideFigure.all(of: "sluiced", ofDaemon) + SideFigure.all(of: "redis-server", ofRedis))
        ]
    }

    private static func load(_ workload: Load.Workload, _ server: MeasuredServer, _ bench: Bench) throws -> RunResult {
        var load = bench.load(workload, on: server, clients: clients)
        load.depth = depth
        return try load.run(against: server)
    }
}
