/// One client, one request at a time, on the embedded engine: with batching and without. Where nothing queues, batching must cost nothing.
enum BatchingRow {
    private static let bar = Bar.atLeast(0.97)
    private static let configuration = #"{"sluice": {"batching": false}}"#

    static func measure(_ bench: Bench) throws -> [Measurement] {
        let folder = try bench.folder.subfolder("batching")
        let file = "\(folder)/batching.json"
        try TextFile.write(configuration, to: file)
        var servers: [MeasuredServer] = []
        var stored: [StoredRecords] = []
        for (name, configuration) in [("on", nil), ("off", file)] {
            let own = try bench.folder.subfolder("batching-\(name)")
            let daemon = try MeasuredServer.daemon(bench.daemon, in: own, configuration: configuration, processors: bench.serverProcessors)
            servers.append(daemon)
            stored.append(
                try StoredRecords.fill(
                    "records", at: daemon.socket, count: bench.isQuick ? 1_000 : 10_000, bodyBytes: Load.bodyBytes(ofRecordBytes: 200)))
        }
        var results: [[RunResult]] = [[], []]
        for run in 1...bench.runs {
            for (index, name) in ["with batching", "without"].enumerated() {
                bench.progress.show("batching", run: run, of: bench.runs, name)
                results[index].append(try stored[index].load(on: servers[index], clients: 1, bench).run(against: servers[index]))
            }
        }
        for server in servers { try server.stop() }
        let ratios = zip(results[0], results[1]).map { $0.requestsPerSecond / $1.requestsPerSecond }
        return [
            Measurement(
                .batching, "getOne, 1 client, depth 1: batching on / off", .ratio, bar, runs: ratios,
                beside: SideFigure.all(of: "on", results[0]) + SideFigure.all(of: "off", results[1]))
        ]
    }
}

extension StoredRecords {
    /// Reads of these records by id, at random.
    func load(on server: MeasuredServer, clients: Int, _ bench: Bench) -> Load {
        var load = bench.load(.get, on: server, clients: clients)
        load.repository = repository
        load.nameSpace = nameSpace
        load.records = count
        load.bodyBytes = bodyBytes
        return load
    }
}
