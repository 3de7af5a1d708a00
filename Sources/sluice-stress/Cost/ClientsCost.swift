/// More and more clients with one request in flight on each: `ping`, and reads by id of 10,000 records of 200 bytes on the embedded engine.
/// Daemon and generators have a processor each.
enum ClientsCost {
    private static let counts = [1, 10, 50, 200, 1_000]
    private static let records: UInt64 = 10_000

    static func measure(_ bench: Bench) throws -> CostTable {
        let folder = try bench.folder.subfolder("clients")
        let daemon = try bench.startDaemon(in: folder)
        let stored = try StoredRecords.fill(
            "records", at: daemon.socket, count: records, bodyBytes: Load.bodyBytes(ofRecordBytes: 200))
        let kinds = ["ping", "getOne"]
        var table = CostTable("Clients", heads: ["clients"] + kinds.flatMap { ["`\($0)`/s"] + CostTable.cellHeads })
        for count in counts {
            var results: [[RunResult]] = [[], []]
            for run in 1...bench.runs {
                bench.progress.show("clients", run: run, of: bench.runs, "\(count) clients")
                var loads = [bench.load(.ping, on: daemon, clients: count), stored.load(on: daemon, clients: count, bench)]
                for index in loads.indices {
                    loads[index].processes = min(Bench.processes, count)
                    results[index].append(try loads[index].run(against: daemon))
                }
            }
            table.add([NumberText.fixed(Double(count), 0)] + results.flatMap(CostTable.cells))
        }
        try daemon.stop()
        return table
    }
}
