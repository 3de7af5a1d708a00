import ArgumentParser
import CBench

/// What `run` can be told. Everything has a default by the workload.
struct RunOptions: ParsableArguments {
    @Option(help: "A daemon's socket, or another server: mongodb://…, dynamodb+http://…, postgresql://…, sqlite:PATH.")
    var target: String?

    @Option(help: "Start a daemon on an empty store of this engine: \(Engine.allCases.map(\.rawValue).joined(separator: ", ")).")
    var engine: Engine?

    @Flag(help: "With --engine: run the same without Sluice as well, on the same server by its own driver, and print the ratio.")
    var direct = false

    @Option(help: "Connections; several counts one after the other: 1,10,50,200.")
    var clients: String?

    @Option(help: "Processes that share them out.")
    var processes: Int?

    @Option(help: "Requests under way on each connection, at most \(BENCH_MAX_DEPTH).")
    var depth: Int?

    @Option(help: "An open loop of so many requests a second, whose latencies count from the intended start.")
    var rate = 0.0

    @Option(help: "How long each run measures, seconds.")
    var seconds = 10.0

    @Option(name: .customLong("warm-up"), help: "How long it runs before that, unmeasured, seconds. (default: a tenth of --seconds)")
    var warmUpSeconds: Double?

    @Option(help: "Runs of each number of clients.")
    var runs = 3

    @Option(help: "How many records there are at first.")
    var records: Int?

    @Option(help: "Fields of each record, at most \(BENCH_MAX_FIELDS).")
    var fields: Int?

    @Option(help: "Bytes of each field, \(BENCH_LEAST_FIELD_BYTES) at least.")
    var fieldBytes: Int?

    @Option(help: "Which records are asked for: \(Mix.Keys.allCases.map(\.rawValue).joined(separator: ", ")).")
    var keys: Mix.Keys?

    @Option(help: "An empty repository of Sluice to work in. (default: one of its own, which is emptied)")
    var repository: String?

    @Option(help: "Deadline of each request, milliseconds; 0 leaves it to the daemon.")
    var deadline: UInt64 = 0

    @Option(help: "Clients that read slowly, beside the others, and so many bytes a second each.")
    var slowReaders: Int?

    @Option(help: "Bytes a second of each slow reader.")
    var slowBytes = 256 << 10

    @Flag(help: "Count errors and lost connections instead of ending with the first. Wrong answers always end the run.")
    var tolerant = false

    @Option(help: "With --engine, in turn: \(ChaosAction.allCases.map(\.rawValue).joined(separator: ",")).")
    var chaos: String?

    @Option(help: "Seconds from one act of chaos to the next.")
    var period = 5.0

    @Option(help: "Seconds that what was killed stays away and what was paused stays paused.")
    var outage = 0.5

    @OptionGroup var rig: RigOptions

    @Option(parsing: .unconditionalSingleValue, help: "A flag for the daemon that is started. Can be given again.")
    var daemonFlag: [String] = []

    @Flag(help: "With --engine: start the daemon with --no-batching.")
    var noBatching = false

    @Option(help: "Connections of its pool.")
    var connections: Int?

    @Option(help: "With --engine: how much longer each round trip to the engine's server takes, milliseconds, as if it were far away.")
    var engineDelay = 0.0

    @Flag(help: "Print JSON instead of a table.")
    var json = false

    @Option(help: "Write one page with plots, to be opened in a browser.")
    var html: String?

    @Option(help: "Keep the figures for 'sluice-stress compare'.")
    var save: String?

    mutating func validate() throws {
        if target == nil, engine == nil { target = Terminal.variable("SLUICE_SOCKET") }
        guard (target == nil) != (engine == nil) else {
            throw ValidationError("Give --target (or set SLUICE_SOCKET) to load a server that runs, or --engine to have one started.")
        }
        guard let counts = clientCounts, counts.allSatisfy({ (1...100_000).contains($0) }) else {
            throw ValidationError("--clients is a number from 1 to 100000, or several with commas between them, not '\(clients ?? "")'.")
        }
        try validateLoad()
        try validateRecords()
        try validatePlaces()
        try validateChaos()
    }

    private func validateLoad() throws {
        try OptionRange("--depth", 1...Int(BENCH_MAX_DEPTH)).check(depth)
        try OptionRange("--processes", 1...1_000).check(processes)
        try OptionRange.seconds("--seconds", from: 0.001).check(seconds)
        try OptionRange("--warm-up", 0...3_600, "seconds").check(warmUp)
        try OptionRange("--runs", 1...99).check(runs)
        if rate != 0 { try OptionRange("--rate", 0.001...1e8, "requests a second").check(rate) }
        try OptionRange("--deadline", 0...86_400_000, "milliseconds").check(deadline)
    }

    private func validateRecords() throws {
        try OptionRange("--records", 1...10_000_000).check(records)
        try OptionRange("--fields", 1...Int(BENCH_MAX_FIELDS)).check(fields)
        try OptionRange("--field-bytes", Int(BENCH_LEAST_FIELD_BYTES)...(8 << 20)).check(fieldBytes)
        try OptionRange("--slow-readers", 0...1_000).check(slowReaders)
        try OptionRange("--slow-bytes", 1...(1 << 30), "bytes a second").check(slowBytes)
    }

    private func validatePlaces() throws {
        guard !direct || engine != nil else { throw ValidationError("--direct needs --engine.") }
        guard !noBatching || engine != nil else {
            throw ValidationError("--no-batching needs --engine: a daemon that runs already has been told when it was started.")
        }
        try OptionRange("--connections", 1...1_000).check(connections)
        try OptionRange("--engine-delay", 0...10_000, "milliseconds").check(engineDelay)
        guard engineDelay == 0 || engine?.program != nil else {
            throw ValidationError("--engine-delay needs --engine with a server of its own, mongodb or dynamodb.")
        }
        // What else stands before a colon is a file's name, and a peer's own library says what is wrong with its address.
        guard let target, target.hasPrefix("dynamodb+") else { return }
        let host = ["dynamodb+http://", "dynamodb+https://"].filter(target.hasPrefix).map { target.dropFirst($0.count) }.first ?? ""
        guard let first = host.first, first != "/", target.utf8.count <= 255 else {
            throw ValidationError("--target is dynamodb+http://HOST or dynamodb+https://HOST, 255 bytes at most.")
        }
    }

    private func validateChaos() throws {
        try OptionRange.seconds("--period", from: 0.1).check(period)
        try OptionRange.seconds("--outage", from: 0).check(outage)
        guard let chaos else { return }
        guard let engine else { throw ValidationError("--chaos needs --engine: it does such things only to what it started itself.") }
        let names = chaos.split(separator: ",").map(String.init)
        guard !names.isEmpty, names.allSatisfy({ ChaosAction(rawValue: $0) != nil }) else {
            throw ValidationError("--chaos knows \(ChaosAction.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        guard engine.program != nil || !chaosActions.contains(where: \.needsBackend) else {
            throw ValidationError("The engine \(engine.rawValue) has no server to kill or pause.")
        }
        guard !direct else { throw ValidationError("--chaos and --direct do not go together.") }
        guard period > 2 * outage else {
            throw ValidationError("--period is more than twice --outage, which is \(outage) seconds, not \(period).")
        }
    }

    /// What is started for --engine.
    func programs() throws -> Rig.Programs {
        var programs = try rig.programs()
        programs.daemonFlags = daemonFlag + (noBatching ? ["--no-batching"] : [])
        programs.connections = connections
        programs.engineDelay = engineDelay
        return programs
    }

    /// What changes a run's figures and stands nowhere else in its report, as it was given.
    var settings: [String] {
        var settings: [String] = []
        if let warmUpSeconds { settings.append("--warm-up \(NumberText.short(warmUpSeconds))") }
        if noBatching { settings.append("--no-batching") }
        if deadline > 0 { settings.append("--deadline \(deadline)") }
        if let slowReaders { settings.append("--slow-readers \(slowReaders) --slow-bytes \(slowBytes)") }
        if let chaos { settings.append("--chaos \(chaos) --period \(NumberText.short(period)) --outage \(NumberText.short(outage))") }
        if let connections { settings.append("--connections \(connections)") }
        if engineDelay > 0 { settings.append("--engine-delay \(NumberText.short(engineDelay))") }
        return settings + daemonFlag.map { "--daemon-flag=\($0)" }
    }

    var warmUp: Double { warmUpSeconds ?? min(3_600, seconds / 10) }

    private var clientCounts: [Int]? {
        guard let clients else { return [1] }
        let counts = clients.split(separator: ",").map { Int($0) }
        return counts.isEmpty || counts.contains(nil) ? nil : counts.compactMap { $0 }
    }

    var chaosActions: [ChaosAction] { chaos?.split(separator: ",").compactMap { ChaosAction(rawValue: String($0)) } ?? [] }
    /// Whoever kills a daemon has to put up with lost connections.
    var isTolerant: Bool { tolerant || !chaosActions.isEmpty }
    func counts(_ scenario: Scenario) -> [Int] { clients == nil ? [scenario.clients] : clientCounts ?? [] }

    /// The scenario's mix with what was asked for otherwise.
    func mix(_ scenario: Scenario) -> Mix {
        var mix = scenario.mix
        mix.fields = fields ?? mix.fields
        mix.fieldBytes = fieldBytes ?? mix.fieldBytes
        mix.keys = keys ?? mix.keys
        return mix
    }
}

extension Scenario: ExpressibleByArgument {}
extension Engine: ExpressibleByArgument {}
extension Mix.Keys: ExpressibleByArgument {}
