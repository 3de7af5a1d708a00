import CBench
import Glibc

/// A server that a workload runs on, with the records of that workload; what `run` measures, once for each number of clients and each run.
/// Owned by `RunCommand`.
final class RunSubject {
    let name: String
    private let place: String
    private let scenario: Scenario
    private let options: RunOptions
    private let rig: Rig?
    private let progress: ProgressLine
    /// Nil for a storm, which has no records.
    private let store: RecordStore?
    /// The store's; that of a storm only counts answers, and notes when the first came after an act of chaos.
    private let ledger: Ledger

    init(_ name: String, at place: String, _ scenario: Scenario, _ options: RunOptions, rig: Rig?, progress: ProgressLine) throws {
        self.name = name
        self.place = place
        self.scenario = scenario
        self.options = options
        self.rig = rig
        self.progress = progress
        guard bench_is_peer(place) || bench_is_listening(place) else {
            throw StressFailure(.serverNotThere, "nothing answers at \(place)")
        }
        let records = options.records ?? scenario.records
        progress.show("writing \(records) records, \(name)")
        store =
            scenario == .storm ? nil : try RecordStore(at: place, options.mix(scenario), records: records, repository: options.repository)
        ledger = try store?.ledger ?? Ledger(records: 0, fields: 1)
    }

    /// One run.
    func measure(clients: Int, run: Int) throws -> RunFigures {
        let load = load(clients: clients)
        let slow = try slowReaders()
        let watcher = RunWatcher(
            "\(scenario.rawValue)  \(name)  \(clients) clients  run \(run) of \(options.runs)", socket: bench_is_peer(place) ? nil : place,
            seconds: options.seconds, warmUp: options.warmUp, ledger: ledger, rig: rig, progress: progress)
        let plan = ChaosPlan(actions: options.chaosActions, period: options.period, outage: options.outage)
        let result = try load.run { try watcher.watch($0, plan) }
        var figures = RunFigures(result)
        figures.daemon = watcher.samples
        figures.events = watcher.events
        if let slow {
            let result = RunResult()
            try result.add(from: slow)
            figures.slowResults = result.answeredInAll
            figures.slowFailures = result.errors.values.reduce(0, +)
        }
        return figures
    }

    /// Reads all records back.
    /// - Returns: how many there are; nil where there are none to be read.
    func verify() throws -> UInt64? {
        progress.show("reading all records back, \(name)")
        try rig?.waitUntilListening()
        return options.chaosActions.isEmpty ? try store?.verify() : try store?.verifyAfterChaos()
    }

    /// How often more writes of one record had an unknown outcome than the ledger keeps apart.
    var blurred: UInt64 { store?.ledger.blurred ?? 0 }

    private func load(clients: Int) -> Load {
        let processes = min(options.processes ?? scenario.processes, clients)
        let depth = options.depth ?? scenario.depth
        let extent = Load.Extent.seconds(options.seconds, warmUp: options.warmUp)
        var load =
            store?.load(clients: clients, processes: processes, depth: bench_is_peer(place) ? 1 : depth, extent: extent)
            ?? Load(workload: .storm, socket: place, clients: clients, processes: processes, extent: extent)
        load.ledgerPath = ledger.path
        load.rate = options.rate
        load.deadlineMilliseconds = options.deadline
        load.isTolerant = options.isTolerant
        return load
    }

    /// The process of the slow readers, which has begun.
    private func slowReaders() throws -> ChildProcess? {
        let count = options.slowReaders ?? scenario.slowReaders
        guard count > 0, let store, !bench_is_peer(place) else { return nil }
        var load = store.load(clients: count, extent: .seconds(options.seconds, warmUp: options.warmUp))
        load.slowBytesPerSecond = options.slowBytes
        load.isTolerant = options.isTolerant
        let child = try ChildProcess(load: load)
        try child.waitUntilReady()
        child.letBegin()
        return child
    }
}
