/// One client, one request at a time, on the embedded engine: with batching and without. Where nothing queues, batching must cost nothing.
enum BatchingRow {
    private static let bar = Bar.atLeast(0.97)
    private static let turns = 6
    /// A turn is as short as that, so that the machine is the same for both sides of it.
    private static let shareOfWindow = 0.25
    private static let configuration = #"{"sluice": {"batching": false}}"#

    static func measure(_ bench: Bench) throws -> [Measurement] {
        let file = "\(try bench.folder.subfolder("batching"))/batching.json"
        try TextFile.write(configuration, to: file)
        var servers: [MeasuredServer] = []
        let sides = try [("on", nil), ("off", file)].map { name, configuration in
            let folder = try bench.folder.subfolder("batching-\(name)")
            let daemon = try bench.startDaemon(in: folder, configuration: configuration)
            servers.append(daemon)
            var load = try StoredRecords.fill(at: daemon, bench).load(on: daemon, clients: 1, bench)
            load.extent = .seconds(bench.window * shareOfWindow, warmUp: bench.warmUp * shareOfWindow)
            return Rounds.Side(name) { try load.run(against: daemon) }
        }
        let rounds = try Rounds(.batching, bench, turns: turns, sides)
        for server in servers { try server.stop() }
        let what = "getOne, 1 client, depth 1: batching on / off"
        return [Measurement(.batching, what, .ratio, bar, runs: rounds.ratios(\.requestsPerSecond), beside: rounds.figures())]
    }
}
