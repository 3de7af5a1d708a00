import CBench

/// 200 clients in four processes on a server with an engine of its own: through the daemon with four connections, and each client directly
/// by the engine's driver, one after the other. Records of 200 bytes, keys uniform over all of them. Replies are checked one by one, and
/// what was created is read back. Nothing is pinned here: 200 clients and two servers need all processors, on both sides.
struct EngineRow {
    let row: BenchRow
    let engine: Engine
    /// Reads by id, else creates.
    let isReads: Bool
    let bar: Bar

    private static let clients = 200
    private static let connections = 4
    private static let fieldBytes = 160

    private var records: Int { isReads ? 100_000 : 1_000 }

    func measure(_ bench: Bench) throws -> Measurement {
        let folder = try WorkFolder(in: bench.folder.path)
        let programs = Rig.Programs(daemon: bench.daemon, connections: Self.connections, servers: nil)
        let rig = try Rig(engine, programs, in: folder)
        var mix = isReads ? Mix(reads: 1000) : Mix(inserts: 1000)
        (mix.keys, mix.fields, mix.fieldBytes) = (.uniform, 1, Self.fieldBytes)
        let count = bench.isQuick ? records / 50 : records
        bench.progress.show(row.rawValue, run: 0, of: bench.runs, "writing \(count) records, twice")
        let store = try RecordStore(at: rig.socket, mix, records: count)
        let direct = try RecordStore(at: rig.directPlace, mix, records: count)
        var sides = [
            Rounds.Side("sluiced") { try load(store, bench).run() },
            Rounds.Side("directly") { try load(direct, bench).run() },
        ]
        // What identical reads that are fetched once gain, apart: some records are asked for most.
        if isReads {
            sides.append(
                Rounds.Side("zipfian keys") {
                    var popular = load(store, bench)
                    popular.mix.keys = .zipfian
                    return try popular.run()
                })
        }
        let rounds = try Rounds(row, bench, sides)
        bench.progress.show(row.rawValue, run: bench.runs, of: bench.runs, "reading all records back")
        for records in [store, direct] { try records.verify() }
        let what = "\(engine.rawValue) \(isReads ? "reads" : "creates"), \(Self.clients) clients: through 4 connections / directly"
        return Measurement(row, what, .ratio, bar, runs: rounds.ratios(\.requestsPerSecond), beside: rounds.figures())
    }

    /// Creates are measured for less long: SecantusDB takes time that grows with the square of the records to read them back in order.
    private func load(_ store: RecordStore, _ bench: Bench) -> Load {
        let share = isReads ? 1 : 0.3
        return store.load(
            clients: Self.clients, processes: Bench.processes,
            extent: .seconds(bench.window * share, warmUp: bench.warmUp * share))
    }
}
