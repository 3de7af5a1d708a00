/// How long one client that reads records by id waits for each, on the embedded engine, against the round trip of the bare echo.
enum PointReadRow {
    private static let bar = Bar.atMost(2.5)

    static func measure(_ bench: Bench) throws -> [Measurement] {
        let folder = try bench.folder.subfolder("getOne")
        let echo = try bench.startEcho(in: folder)
        let daemon = try bench.startDaemon(in: folder)
        bench.progress.show("getOne", run: 0, of: bench.runs, "writing records")
        let stored = try StoredRecords.fill(at: daemon, bench)
        try bench.rest(seconds: 0.5)
        let rounds = try Rounds(
            .getOne, bench,
            [
                Rounds.Side(stored.load(on: daemon, clients: 1, bench), on: daemon),
                Rounds.Side(bench.load(.echo, on: echo, clients: 1), on: echo),
            ])
        for server in [echo, daemon] { try server.stop() }
        let what = "getOne by id, 1 client: p50 sluiced / bare echo"
        return [Measurement(.getOne, what, .ratio, bar, runs: rounds.ratios(\.median), beside: rounds.figures())]
    }
}
