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
        let echo = try MeasuredServer.echo(in: folder, hops: true, processors: bench.serverProcessors)
        let daemon = try MeasuredServer.daemon(bench.daemon, in: folder, configuration: file, processors: bench.serverProcessors)
        try StoredRecords.define(Load.defaultRepository, at: daemon.socket)

        var ofEcho: [RunResult] = []
        var ofDaemon: [RunResult] = []
        for run in 1...bench.runs {
            bench.progress.show("hop", run: run, of: bench.runs, "echo by a worker")
            ofEcho.append(try bench.load(.echo, on: echo, clients: 1).run(against: echo))
            bench.progress.show("hop", run: run, of: bench.runs, "sluiced")
            var load = bench.load(.create, on: daemon, clients: 1)
            load.nameSpace = Load.freshNameSpace()
            load.bodyBytes = 0
            ofDaemon.append(try load.run(against: daemon))
        }
        for server in [echo, daemon] { try server.stop() }
        let ratios = zip(ofDaemon, ofEcho).map { $0.microseconds(quantile: 0.5) / $1.microseconds(quantile: 0.5) }
        return [
            Measurement(
                .hop, "null engine, 1 client: p50 sluiced / echo by a worker", .ratio, bar, runs: ratios,
                beside: SideFigure.all(of: "sluiced", ofDaemon) + SideFigure.all(of: "echo by a worker", ofEcho))
        ]
    }
}
