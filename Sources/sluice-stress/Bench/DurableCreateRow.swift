import CBench
import Glibc

/// 64 clients in processes of their own that create records, each of them on the disk before it is acknowledged: through the daemon,
/// and directly into an SQLite file. Every run begins with an empty store and ends with every record read back. Nothing is pinned here:
/// 64 processes need all processors, on both sides.
enum DurableCreateRow {
    private static let clients = 64
    private static let bar = Bar.atLeast(5)
    private static let recordBytes = 200

    static func measure(_ bench: Bench) throws -> [Measurement] {
        try bench.folder.requireDisk()
        var throughDaemon: [RunResult] = []
        var direct: [RunResult] = []
        var appending: [Double] = []
        var overwriting: [Double] = []
        for run in 1...bench.runs {
            let folder = try bench.folder.subfolder("creates-\(run)")
            bench.progress.show("creates", run: run, of: bench.runs, "fdatasync")
            appending.append(try syncRate(in: folder, overwrites: false, seconds: bench.isQuick ? 0.3 : 1))
            overwriting.append(try syncRate(in: folder, overwrites: true, seconds: bench.isQuick ? 0.3 : 1))
            bench.progress.show("creates", run: run, of: bench.runs, "sluiced")
            throughDaemon.append(try createThroughDaemon(bench, in: folder))
            bench.progress.show("creates", run: run, of: bench.runs, "SQLite directly")
            direct.append(
                try DirectSQLite.load(
                    file: "\(folder)/direct.sqlite", processes: clients, seconds: bench.durableWindow, warmUp: bench.durableWarmUp,
                    bodyBytes: Load.bodyBytes(ofRecordBytes: recordBytes)))
            bench.folder.remove(folder)
        }
        let ratios = zip(throughDaemon, direct).map { $0.requestsPerSecond / $1.requestsPerSecond }
        return [
            Measurement(
                .creates, "durable creates, \(clients) clients: sluiced / \(clients) processes on the file", .ratio, bar, runs: ratios,
                beside: SideFigure.all(of: "sluiced", throughDaemon) + SideFigure.all(of: "directly", direct) + [
                    SideFigure("sluiced", "records verified", .count, throughDaemon.map { Double($0.answeredInAll) }),
                    SideFigure("disk", "fdatasync of 4 KiB appended", .perSecond, appending),
                    SideFigure("disk", "overwritten, as SQLite's journal is,", .perSecond, overwriting),
                ])
        ]
    }

    private static func createThroughDaemon(_ bench: Bench, in folder: String) throws -> RunResult {
        let daemon = try MeasuredServer.daemon(bench.daemon, in: folder)
        try StoredRecords.define("creates", at: daemon.socket)
        var load = bench.load(.create, on: daemon, clients: clients, processes: clients)
        load.processors = 0
        load.extent = .seconds(bench.durableWindow, warmUp: bench.durableWarmUp)
        load.repository = "creates"
        load.nameSpace = Load.freshNameSpace()
        load.bodyBytes = Load.bodyBytes(ofRecordBytes: recordBytes)
        let result = try load.run(against: daemon)
        let stored = StoredRecords(
            socket: daemon.socket, repository: load.repository, nameSpace: load.nameSpace, bodyBytes: load.bodyBytes,
            countByProcess: result.answeredByProcess)
        try stored.verify(isAlone: true)
        try daemon.stop()
        result.othersPercent = nil  // the kernel's own threads work for the disk here, and would count as others
        return result
    }

    private static func syncRate(in folder: String, overwrites: Bool, seconds: Double) throws -> Double {
        let rate = bench_sync_rate("\(folder)/fdatasync", overwrites, UInt64(seconds * 1e9))
        try StressFailure.checkInterrupt()
        guard rate >= 0 else { throw StressFailure.systemCall(.cannotWrite, "writing in \(folder)") }
        return rate
    }
}
