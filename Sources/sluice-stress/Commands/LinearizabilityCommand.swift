import ArgumentParser
import CBench

/// Many clients on few records, and a proof for each record that it behaved like one thing that does one thing at a time.
struct LinearizabilityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "linearizability",
        abstract: "Checks histories of concurrent reads and writes of single records for linearizability.",
        discussion: """
            Clients create, read, update, swap (update if it holds a certain value) and delete the same few records, new ones each \
            second. Each request is kept with its begin, its end and what came of it; then, for each record, an order is looked for \
            in which every request happened at one instant between its begin and its end. Where the outcome of a write is unknown \
            (its connection was lost, its deadline passed) it may have happened at any time after its begin, or never. A record for \
            which there is no such order ends the run with exit code 76, and its requests are shown.

              sluice-stress linearizability --engine sqlite
              sluice-stress linearizability --engine sqlite --no-batching
              sluice-stress linearizability --engine mongodb --chaos kill-daemon,pause-backend --seconds 60 --deadline 1000

            Exit code 0: every history is linearizable; 1: some were too long to be decided; 76: one is not.
            """
    )

    @OptionGroup var options: RunOptions

    /// Records that are fought over in each second.
    private static let records = 8
    private static let standardClients = 16
    private static let standardProcesses = 4
    /// Requests of a record that are shown with a violation: those before it and a few after.
    private static let shownBefore = 12
    private static let shownAfter = 4

    /// What only `run` does.
    mutating func validate() throws {
        let foreign: [(name: String, isGiven: Bool)] = [
            ("--direct", options.direct), ("--rate", options.rate != 0), ("--warm-up", options.warmUpSeconds != nil),
            ("--runs", options.runs != 3),
            ("--fields", options.fields != nil), ("--field-bytes", options.fieldBytes != nil), ("--keys", options.keys != nil),
            ("--slow-readers", options.slowReaders != nil), ("--json", options.json), ("--html", options.html != nil),
            ("--save", options.save != nil),
        ]
        if let given = foreign.first(where: \.isGiven) { throw ValidationError("linearizability has no \(given.name); 'run' has.") }
        if let target = options.target, bench_is_peer(target) {
            throw ValidationError("linearizability checks a daemon: --target is its socket.")
        }
        guard options.clients.map({ Int($0) != nil }) ?? true else { throw ValidationError("--clients is one number here.") }
    }

    func run() throws {
        bench_catch_interrupts()
        var isDecided = false
        let status = StressFailure.reporting { isDecided = try check() }
        throw status == 0 && !isDecided ? ExitCode.failure : ExitCode(status)
    }

    /// - Returns: whether every history was decided.
    private func check() throws -> Bool {
        let progress = ProgressLine()
        defer { progress.clear() }
        let folder = try WorkFolder(in: options.rig.directory)
        let rig = try options.engine.map { engine in try Rig(engine, try options.programs(), in: folder) }
        var load = try load(at: options.target ?? rig?.socket ?? "", folder)
        // For what is asked of the run while it goes on: how much was answered, and when first after chaos.
        let ledger = try Ledger(records: 0, fields: 1)
        load.ledgerPath = ledger.path
        let watcher = RunWatcher(
            "linearizability", socket: nil, seconds: options.seconds, warmUp: 0, ledger: ledger, rig: rig, progress: progress)
        let plan = ChaosPlan(actions: options.chaosActions, period: options.period, outage: options.outage)
        let result = try load.run { try watcher.watch($0, plan) }
        try rig?.waitUntilListening()
        guard result.answeredInAll > 0 else {
            throw StressFailure(.serverFailed, "no request was answered: there is nothing to be judged. Errors: \(result.errors.listed)")
        }
        progress.show("looking for orders")
        let histories = try HistoryFile.read((0..<load.processes).map { "\(load.history).\($0)" })
        let kept = histories.values.joined().count { $0.outcome != .unknown }
        guard UInt64(kept) == result.answeredInAll else {
            throw StressFailure(
                .serverFailed, "\(result.answeredInAll) requests were answered, \(kept) of them were kept: is the disk full?")
        }
        let undecided = try Self.judge(histories)
        progress.clear()
        let unknown = histories.values.joined().count { $0.outcome == .unknown }
        let requests = histories.values.reduce(0) { $0 + $1.count }
        print("\(requests) requests on \(histories.count) records, \(unknown) with an unknown outcome")
        let most = "\(undecided) histories were too long to be decided; the others are linearizable"
        print(undecided == 0 ? "every history is linearizable" : most)
        if !result.errors.isEmpty { print("errors: \(result.errors.listed)") }
        Self.tell(watcher.events, RunFigures(result))
        return undecided == 0
    }

    /// What was done to the daemon or its engine, and what came of it.
    private static func tell(_ events: [ChaosEvent], _ figures: RunFigures) {
        guard !events.isEmpty else { return }
        print(RunReport.availability(ofTime: figures.availabilityOfTime, ofRequests: figures.availabilityOfRequests))
        for event in events { print(event.sentence) }
    }

    private func load(at place: String, _ folder: WorkFolder) throws -> Load {
        var failure = bench_failure()
        let repository = options.repository ?? "sluice-stress-registers"
        guard bench_define(place, repository, true, &failure), options.repository != nil || bench_empty(place, repository, &failure) else {
            throw StressFailure(.serverFailed, failure)
        }
        let clients = options.clients.flatMap { Int($0) } ?? Self.standardClients
        var load = Load(
            workload: .registers, socket: place, clients: clients, processes: min(clients, options.processes ?? Self.standardProcesses),
            depth: options.depth ?? 1, extent: .seconds(options.seconds, warmUp: 0))
        load.repository = repository
        load.nameSpace = Load.freshNameSpace()
        load.records = UInt64(options.records ?? Self.records)
        load.deadlineMilliseconds = options.deadline
        load.isTolerant = options.isTolerant
        load.history = "\(folder.path)/history"
        return load
    }

    /// - Returns: how many histories could not be decided.
    /// - Throws: `StressFailure` for one that is not linearizable.
    private static func judge(_ histories: [UInt64: [HistoryEvent]]) throws -> Int {
        var undecided = 0
        for (record, events) in histories.sorted(by: { $0.key < $1.key }) {
            try StressFailure.checkInterrupt()
            var checker = LinearizabilityChecker(events)
            switch checker.verdict() {
            case .linearizable: continue
            case .undecided: undecided += 1
            case .violated(let ordered, let blocked):
                throw StressFailure(.wrongAnswer, explanation(record, events, ordered, blocked))
            }
        }
        return undecided
    }

    private static func explanation(_ record: UInt64, _ events: [HistoryEvent], _ ordered: Int, _ blocked: Int) -> String {
        let start = events.map(\.invoked).min() ?? 0
        let culprit = events[blocked]
        let sorted = events.sorted { ($0.invoked, $0.returned) < ($1.invoked, $1.returned) }
        let place = sorted.firstIndex { $0.invoked == culprit.invoked && $0.value == culprit.value } ?? 0
        let shown = sorted[max(0, place - shownBefore)..<min(sorted.count, place + shownAfter)]
        return """
            record \(record) is not linearizable: \(ordered) of its \(events.count) requests can be put in an order, but not this one:
              \(culprit.text(since: start))
            around it:
              \(shown.map { $0.text(since: start) }.joined(separator: "\n  "))
            """
    }
}
