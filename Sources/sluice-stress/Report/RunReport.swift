import FoundationEssentials

/// All that `run` measured: for people as a table or a page, for scripts and for later as JSON.
struct RunReport: Codable {
    /// One number of clients on one server, and its runs.
    struct Point: Codable {
        let clients: Int
        let processes: Int
        let depth: Int
        var runs: [RunFigures]

        func spread(_ figure: (RunFigures) -> Double) -> Spread { Spread(runs.map(figure)) }
    }

    /// A server and all that was measured on it.
    struct Subject: Codable {
        let name: String
        var points: [Point]
        /// Records that were read back and judged at the end; nil where there are none.
        var verifiedRecords: UInt64?
        /// How often more writes of one record had an unknown outcome than are kept apart, so that older versions of it were let pass.
        var blurred: UInt64?
    }

    let machine: Machine
    let workload: String
    let abstract: String
    let seconds: Double
    /// Requests a second of an open loop; 0 for a closed one.
    let rate: Double
    let records: Int
    let mix: Mix
    let isOptimised: Bool
    /// What else was asked for, as on the command line; nil in runs saved before it was kept.
    var settings: [String]?
    var subjects: [Subject] = []

    /// A run that was saved.
    /// - Throws: `StressFailure` when the file is none.
    init(file: String) throws {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw StressFailure(.serverNotThere, "there is no file \(file)")
        }
        do { self = try JSONDecoder().decode(RunReport.self, from: data) } catch {
            throw StressFailure(.serverFailed, "\(file) is no saved run: \(error)")
        }
    }

    init(workload: String, abstract: String, seconds: Double, rate: Double, records: Int, mix: Mix, isOptimised: Bool) {
        machine = Machine()
        self.workload = workload
        self.abstract = abstract
        self.seconds = seconds
        self.rate = rate
        self.records = records
        self.mix = mix
        self.isOptimised = isOptimised
    }

    /// What was asked for, in a sentence.
    var title: String {
        let loop = rate > 0 ? "open loop, \(NumberText.fixed(rate, 0)) requests/s" : "closed loop"
        return "\(workload): \(abstract); \(records) records of \(mix.fields) × \(mix.fieldBytes) bytes, \(mix.keys.rawValue) keys; "
            + (["\(loop), \(NumberText.short(seconds)) s a run"] + (settings ?? [])).joined(separator: ", ")
    }
}
