import CBench

/// Larger and larger records, 50 clients with one request in flight on each: reads by id, and durable creates, on the embedded engine.
/// Nothing is pinned.
enum RecordSizeCost {
    /// Bytes of a record, and how many of them are read.
    private static let sizes: [(bytes: Int, records: UInt64)] = [(200, 10_000), (2_000, 10_000), (20_000, 2_000), (200_000, 200)]
    private static let clients = 50

    static func measure(_ bench: Bench) throws -> CostTable {
        try bench.folder.requireDisk()
        var table = CostTable("Record size", heads: ["record"] + ["`getOne`/s", "create/s"].flatMap { [$0] + CostTable.cellHeads })
        for size in sizes {
            let folder = try bench.folder.subfolder("size-\(size.bytes)")
            let daemon = try MeasuredServer.daemon(bench.daemon, in: folder)
            bench.progress.show("record size", run: 0, of: bench.runs, "writing \(size.records) records of \(size.bytes) bytes")
            let bodyBytes = Load.bodyBytes(ofRecordBytes: size.bytes)
            let stored = try StoredRecords.fill("records", at: daemon.socket, count: size.records, bodyBytes: bodyBytes)
            try StoredRecords.define("creates", at: daemon.socket)
            var read = stored.load(on: daemon, clients: clients, bench)
            var create = bench.load(.create, on: daemon, clients: clients)
            create.repository = "creates"
            create.bodyBytes = bodyBytes
            (read.processors, create.processors) = (0, 0)
            (read.processes, create.processes) = (Bench.processes, Bench.processes)
            var results: [[RunResult]] = [[], []]
            for run in 1...bench.runs {
                bench.progress.show("record size", run: run, of: bench.runs, "\(size.bytes) bytes")
                results[0].append(try read.run(against: daemon))
                create.nameSpace = Load.freshNameSpace()
                results[1].append(try create.run(against: daemon))
            }
            table.add(["\(NumberText.fixed(Double(size.bytes), 0)) B"] + results.flatMap(CostTable.cells))
            try daemon.stop()
            bench.folder.remove(folder)
        }
        return table
    }
}
