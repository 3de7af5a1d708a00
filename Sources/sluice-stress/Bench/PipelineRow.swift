/// `ping` through the daemon with 16 requests in flight on each of 50 connections, against redis-server's PING pipelined likewise: one read
/// and one write then serve many requests.
enum PipelineRow {
    private static let clients = 50
    private static let depth = 16
    private static let bar = Bar.atLeast(1)
    private static let what = "ping, \(clients) clients, \(depth) in flight: sluiced / redis-server"

    static func measure(_ bench: Bench) throws -> [Measurement] {
        let folder = try bench.folder.subfolder("pipeline")
        guard let redis = try bench.startRedis(in: folder) else {
            return [Measurement(.pipeline, what, .ratio, bar, unmeasured: Bench.redisIsMissing)]
        }
        let daemon = try bench.startDaemon(in: folder)
        let rounds = try Rounds(.pipeline, bench, [side(.ping, daemon, bench), side(.redisPing, redis, bench)])
        for server in [daemon, redis] { try server.stop() }
        return [Measurement(.pipeline, what, .ratio, bar, runs: rounds.ratios(\.requestsPerSecond), beside: rounds.figures())]
    }

    private static func side(_ workload: Load.Workload, _ server: MeasuredServer, _ bench: Bench) -> Rounds.Side {
        var load = bench.load(workload, on: server, clients: clients, processes: Bench.processes)
        load.depth = depth
        return Rounds.Side(load, on: server)
    }
}
