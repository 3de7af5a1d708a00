import CBench

/// The daemon's own memory (RssAnon): at rest, and what each idle client adds. Every run has a fresh daemon.
enum MemoryRow {
    private static let clients = 10_000
    private static let idleBar = Bar.below(25)
    private static let clientBar = Bar.atMost(4)
    private static let connectBar = Bar.below(3)

    static func measure(_ bench: Bench) throws -> [Measurement] {
        var idleMegabytes: [Double] = []
        var kilobytesPerClient: [Double] = []
        var secondsToConnect: [Double] = []
        for run in 1...bench.runs {
            bench.progress.show("memory", run: run, of: bench.runs, "sluiced")
            let folder = try bench.folder.subfolder("memory-\(run)")
            let daemon = try bench.startDaemon(in: folder)
            let idle = try restingBytes(of: daemon, bench)
            let holder = try ChildProcess(subcommand: ["idle-clients", "--socket", daemon.socket, "--clients", "\(clients)"])
            let start = bench_now()
            try holder.waitUntilReady()
            secondsToConnect.append(Double(bench_now() - start) / 1e9)
            let crowded = try restingBytes(of: daemon, bench)
            holder.end(withinSeconds: 5)
            try daemon.stop()
            bench.folder.remove(folder)
            idleMegabytes.append(Double(idle) / 1e6)
            kilobytesPerClient.append(Double(crowded - idle) / Double(clients) / 1e3)
        }
        return [
            Measurement(.memory, "memory of the idle daemon, RssAnon", .megabytes, idleBar, runs: idleMegabytes),
            Measurement(.memory, "memory that each of \(clients) idle clients adds", .kilobytes, clientBar, runs: kilobytesPerClient),
            Measurement(.memory, "time in which \(clients) clients connect and shake hands", .seconds, connectBar, runs: secondsToConnect),
        ]
    }

    private static func restingBytes(of daemon: MeasuredServer, _ bench: Bench) throws -> Int {
        try bench.rest(seconds: bench.isQuick ? 0.5 : 1.5)
        guard let bytes = daemon.anonymousBytes else { throw StressFailure(.serverFailed, "sluiced ended while idle") }
        return bytes
    }
}
