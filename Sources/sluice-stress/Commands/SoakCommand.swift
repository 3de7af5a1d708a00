import ArgumentParser
import CBench
import FoundationEssentials

/// A long run under load and chaos, judged by whether the daemon ends as it began.
struct SoakCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "soak",
        abstract: "Runs for an hour at 70 % load with chaos on, and says whether memory, descriptors and latency stayed.",
        discussion: """
            Starts a daemon on an empty store, measures what 50 clients reach, and then sends a share of that in an open loop: 95 % \
            reads, 5 % updates of 10,000 records. Meanwhile clients are cut off, and now and then the daemon is killed or restarted. Every \
            reply is checked, and at the end every record. Memory and descriptors are compared within the daemon's longest life as \
            well as over the whole run.

              sluice-stress soak
              sluice-stress soak --engine dynamodb --seconds 600 --html soak.html

            Exit code 0: nothing grew; 1: something did; 76: a reply or a record was wrong.
            """
    )

    @Option(help: "The engine: \(Engine.allCases.map(\.rawValue).joined(separator: ", ")).")
    var engine = Engine.sqlite

    @Option(help: "How long, seconds.")
    var seconds = 3_600.0

    @Option(help: "Share of what 50 clients reach.")
    var share = 0.7

    @Option(help: "Connections.")
    var clients = 50

    @Option(help: "What is done, in turn: \(ChaosAction.allCases.map(\.rawValue).joined(separator: ",")); an empty text: nothing.")
    var chaos = "cut-clients,kill-daemon,restart-daemon"

    @Option(help: "Seconds from one act of chaos to the next.")
    var period = 30.0

    @Option(help: "Seconds that the daemon is left alive before it is killed or restarted. (default: 600, at most a sixth of --seconds)")
    var life: Double?

    @OptionGroup var rig: RigOptions

    @Flag(help: "Print JSON instead of text.")
    var json = false

    @Option(help: "Write one page with plots, to be opened in a browser.")
    var html: String?

    private static let records = 10_000
    private static let capacitySeconds = 5.0

    mutating func validate() throws {
        try OptionRange.seconds("--seconds", from: 9).check(seconds)
        try OptionRange("--share", 0.001...0.999).check(share)
        try OptionRange("--clients", 1...10_000).check(clients)
        try OptionRange.seconds("--period", from: 2).check(period)
        try OptionRange.seconds("--life", from: period).check(life)
        guard actions.count == chaos.split(separator: ",").count else {
            throw ValidationError("--chaos knows \(ChaosAction.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        guard engine.program != nil || !actions.contains(where: \.needsBackend) else {
            throw ValidationError("The engine \(engine.rawValue) has no server to kill or pause.")
        }
    }

    private var processes: Int { min(clients, 4) }
    private var actions: [ChaosAction] { chaos.split(separator: ",").compactMap { ChaosAction(rawValue: String($0)) } }

    func run() throws {
        bench_catch_interrupts()
        var isMet = false
        let status = StressFailure.reporting { isMet = try soak() }
        throw status == 0 && !isMet ? ExitCode.failure : ExitCode(status)
    }

    private func soak() throws -> Bool {
        let progress = ProgressLine()
        defer { progress.clear() }
        let rig = try Rig(engine, try rig.programs(), in: try WorkFolder(in: rig.directory))
        let store = try RecordStore(at: rig.socket, Scenario.b.mix, records: Self.records)
        progress.show("soak  what \(clients) clients reach")
        var load = store.load(clients: clients, processes: processes, extent: .seconds(Self.capacitySeconds, warmUp: 1))
        load.rate = share * (try load.run().requestsPerSecond)
        load.extent = .seconds(seconds, warmUp: 1)
        load.isTolerant = !actions.isEmpty
        let watcher = RunWatcher(
            "soak  \(NumberText.fixed(load.rate, 0)) requests/s", socket: rig.socket, seconds: seconds, warmUp: 1, ledger: store.ledger,
            rig: rig, progress: progress)
        let plan = ChaosPlan(actions: actions, period: period, outage: min(0.5, period / 4), life: life ?? min(600, seconds / 6))
        var figures = RunFigures(try load.run { try watcher.watch($0, plan) })
        figures.daemon = watcher.samples
        figures.events = watcher.events
        try rig.waitUntilListening()
        return try tell(figures, rate: load.rate, verified: try store.verifyAfterChaos())
    }

    private func tell(_ figures: RunFigures, rate: Double, verified: UInt64) throws -> Bool {
        let verdict = SoakVerdict(figures, seconds: seconds)
        var report = RunReport(
            workload: "soak", abstract: Scenario.b.abstract, seconds: seconds, rate: rate, records: Self.records, mix: Scenario.b.mix,
            isOptimised: BenchCommand.isOptimised)
        let point = RunReport.Point(clients: clients, processes: processes, depth: 1, runs: [figures])
        report.subjects = [RunReport.Subject(name: "sluiced on \(engine.rawValue)", points: [point])]
        report.subjects[0].verifiedRecords = verified
        if json {
            print(try report.readableJSON())
        } else {
            print(report.text())
            print(verdict.text)
        }
        if let html, !FileManager.default.createFile(atPath: html, contents: Data(RunPage(report).html.utf8)) {
            throw StressFailure(.cannotWrite, "\(html) cannot be written")
        }
        return verdict.isMet
    }
}
