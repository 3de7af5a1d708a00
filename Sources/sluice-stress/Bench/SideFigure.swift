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
    static func all(of subject: String, _ results: [RunResult]) -> [SideFigure] {
        var figures = [
            SideFigure(subject, "requests", .perSecond, results.map(\.requestsPerSecond)),
            SideFigure(subject, "p50", .microseconds, results.map { $0.microseconds(quantile: 0.5) }),
            SideFigure(subject, "p99", .microseconds, results.map { $0.microseconds(quantile: 0.99) }),
            SideFigure(subject, "longest", .microseconds, results.map(\.longestMicroseconds)),
        ]
        let server = results.compactMap(\.serverMicrosecondsPerRequest)
        if server.count == results.count { figures.append(SideFigure(subject, "CPU/request", .microseconds, server)) }
        figures.append(SideFigure(subject, "generator's CPU/request", .microseconds, results.map(\.generatorMicrosecondsPerRequest)))
        let others = results.compactMap(\.othersPercent)
        if others.count == results.count { figures.append(SideFigure(subject, "others' CPU", .percentOfProcessor, others)) }
        return figures
    }
}
