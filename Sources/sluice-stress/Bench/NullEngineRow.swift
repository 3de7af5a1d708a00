/// How long one client waits for a request that goes to an engine's thread and back, where that engine does nothing: the daemon's own share
/// of every request, against a C echo that makes the same way. A create of the smallest record, since it is answered with what it holds and
/// so can be checked. Client and servers are on processors of their own.
enum NullEngineRow {
    private static let bar = Bar.atMost(1.5)
    private static let configuration = #"{"database": {"dbName": "null", "dbInfo": {}}}"#

    static func measure(_ bench: Bench) throws -> [Measurement] {
        let folder = try bench.folder.subfolder("hop")
        let file = "\(folder)/null.json"
        try TextFile.write(configuration, to: file)
        let echo = try bench.startEcho(in: folder, hops: true)
        let daemon = try bench.startDaemon(in: folder, configuration: file)
        try StoredRecords.define(Load.defaultRepository, at: daemon.socket)

        let rounds = try Rounds(
            .hop, bench,
            [
                Rounds.Side(daemon.name) { try creates(on: daemon, bench).run(against: daemon) },
                Rounds.Side(bench.load(.echo, on: echo, clients: 1), on: echo),
            ])
        for server in [echo, daemon] { try server.stop() }
        let what = "null engine, 1 client: p50 sluiced / echo by a worker"
        return [Measurement(.hop, what, .ratio, bar, runs: rounds.ratios(\.median), beside: rounds.figures())]
    }

    private static func creates(on daemon: MeasuredServer, _ bench: Bench) -> Load {
        var load = bench.load(.create, on: daemon, clients: 1)
        load.nameSpace = Load.freshNameSpace()
        load.bodyBytes = 0
        return load
    }
}
