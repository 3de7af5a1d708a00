/// How a phase went in one process, as the line that answers it. Filled by `DemoWorker`.
struct PhaseReport: Encodable {
    /// So many failures are told; the others are counted.
    private static let namedFailures = 5

    /// How long each request took.
    private(set) var microseconds: [Double] = []
    /// What was not as the source files say.
    private(set) var failures: [String] = []

    mutating func add(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        microseconds.append(Double(seconds) * 1e6 + Double(attoseconds) / 1e12)
    }

    mutating func fail(_ what: String) { failures.append(what) }

    /// The report with the first failures and how many more there are.
    var shortened: PhaseReport {
        var report = self
        let more = failures.count - Self.namedFailures
        if more > 0 { report.failures = failures.prefix(Self.namedFailures) + ["\(more) more"] }
        return report
    }
}
