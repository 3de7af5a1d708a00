/// A figure without a bar, printed below the line that it explains.
struct SideFigure: Encodable {
    enum Unit: String, Encodable, Sendable {
        case perSecond, microseconds, percentOfProcessor, percent, times, count
    }

    /// Whose: a server's name.
    let subject: String
    let what: String
    let unit: Unit
    let figure: Spread

    init(_ subject: String, _ what: String, _ unit: Unit, _ runs: [Double]) {
        self.subject = subject
        self.what = what
        self.unit = unit
        figure = Spread(runs)
    }

    /// All that is said of a server's runs: throughput, latency, and whose processor time it took.
    /// - Parameter turns: how many results make one run, whose figure is their mean.
    static func all(of subject: String, _ results: [RunResult], turns: Int = 1) -> [SideFigure] {
        func mean(_ what: String, _ unit: Unit, _ figure: (RunResult) -> Double?) -> SideFigure? {
            let figures = results.compactMap(figure)
            guard figures.count == results.count else { return nil }
            return SideFigure(subject, what, unit, figures.means(ofEach: turns))
        }
        return [
            mean("requests", .perSecond, \.requestsPerSecond),
            mean("p50", .microseconds) { $0.microseconds(quantile: 0.5) },
            mean("p99", .microseconds) { $0.microseconds(quantile: 0.99) },
            SideFigure(subject, "longest", .microseconds, results.map(\.longestMicroseconds)),
            mean("CPU/request", .microseconds, \.serverMicrosecondsPerRequest),
            mean("generator's CPU/request", .microseconds, \.generatorMicrosecondsPerRequest),
            mean("others' CPU", .percentOfProcessor, \.othersPercent),
        ].compactMap { $0 }
    }
}
