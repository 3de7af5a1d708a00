/// How long one client that reads records by id waits for each, on the embedded engine, against the round trip of the bare echo.
enum PointReadRow {
    private static let bar = Bar.atMost(2.5)
    private static let recordBytes = 200

    static func measure(_ bench: Bench) throws -> [Measurement] {
        let folder = try bench.folder.subfolder("getOne")
        let echo = try bench.startEcho(in: folder)
        let daemon = try bench.startDaemon(in: folder)
        let bodyBytes = Load.bodyBytes(ofRecordBytes: recordBytes)
        bench.progress.show("getOne", run: 0, of: bench.runs, "writing records")
        let stored = try StoredRecords.fill("records", at: daemon.socket, count: bench.isQuick ? 1_000 : 10_000, bodyBytes: bodyBytes)
        try bench.rest(seconds: 0.5)

        var ofEcho: [RunResult] = []
        var ofDaemon: [RunResult] = []
        for run in 1...bench.runs {
            bench.progress.show("getOne", run: run, of: bench.runs, "bare echo")
            ofEcho.append(try bench.load(.echo, on: echo, clients: 1).run(against: echo))
            bench.progress.show("getOne", run: run, of: bench.runs, "sluiced")
            ofDaemon.append(try stored.load(on: daemon, clients: 1, bench).run(against: daemon))
        }
        for server in [echo, daemon] { try server.stop() }
        let ratios = zip(ofDaemon, ofEcho).map { $0.microseconds(quantile: 0.5) / $1.microseconds(quantile: 0.5) }
        return [
            Measurement(
                .getOne, "getOne by id, 1 client: p50 sluiced / bare echo", .ratio, bar, runs: ratios,
                beside: SideFigure.all(of: "sluiced", ofDaemon) + SideFigure.all(of: "bare echo", ofEcho))
        ]
    }
}
