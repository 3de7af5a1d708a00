/// All that a benchmark measured, as a table for people or as JSON for scripts.
struct BenchReport: Encodable {
    let machine: Machine
    /// The program that was measured.
    let daemon: String
    let runs: Int
    let isQuick: Bool
    let isPinned: Bool
    let isOptimised: Bool
    let rows: [Measurement]

    var isMet: Bool { rows.allSatisfy(\.isMet) }

    /// More than this of one processor used by other programs, percent, and a run is disturbed.
    private static let tolerablePercent = 10.0

    private var mostOthersPercent: Double {
        rows.flatMap(\.beside).filter { $0.unit == .percentOfProcessor }.map(\.figure.most).max() ?? 0
    }

    func table() -> String {
        let width = rows.map(\.what.count).max() ?? 0
        var lines = [machine.sentence, "sluiced is \(daemon)", conditions, ""]
        lines.append(Self.columns("", "median", "min..max", "bar", width))
        for row in rows {
            let figure = row.figure.map { Self.text($0.median, row.unit) } ?? "-"
            let spread = row.figure.map { "\(NumberText.short($0.least))..\(NumberText.short($0.most))" } ?? "-"
            let bar = row.bar.map { "\($0.symbol) \(Self.text($0.value, row.unit))" } ?? "-"
            let verdict = row.isMet ? Terminal.green("met") : Terminal.red(row.figure == nil ? "NOT MEASURED" : "MISSED")
            lines.append(Self.columns(row.what, figure, spread, bar, width) + "  " + verdict)
            if let reason = row.reason { lines.append("    " + reason) }
            lines += Self.sideLines(row.beside).map { Terminal.faint("    " + $0) }
        }
        return lines.joined(separator: "\n")
    }

    private var conditions: String {
        var words = ["median of \(runs) alternating \(runs == 1 ? "run" : "runs")"]
        let isFree = "NOT PINNED: ratios depend on where the kernel puts processes"
        words.append(isPinned ? "generator and servers on different processors" : isFree)
        if mostOthersPercent > Self.tolerablePercent {
            words.append("DISTURBED: other programs used up to \(NumberText.short(mostOthersPercent)) % of a processor during a run")
        }
        if isQuick { words.append("QUICK: too short to be quoted") }
        if !isOptimised { words.append("BUILT WITHOUT OPTIMISATION: not to be quoted") }
        return words.joined(separator: "; ")
    }

    private static func columns(_ what: String, _ figure: String, _ spread: String, _ bar: String, _ width: Int) -> String {
        what.padded(to: width) + figure.padded(left: 10) + spread.padded(left: 18) + bar.padded(left: 12)
    }

    /// A line for each subject, its figures one after the other.
    private static func sideLines(_ figures: [SideFigure]) -> [String] {
        var subjects: [String] = []
        for figure in figures where !subjects.contains(figure.subject) { subjects.append(figure.subject) }
        let width = max(12, subjects.map(\.count).max() ?? 0) + 2
        return subjects.map { subject in
            let texts = figures.filter { $0.subject == subject }.map(Self.text)
            return subject.padded(to: width) + texts.joined(separator: ", ")
        }
    }

    private static func text(_ figure: SideFigure) -> String {
        let median = figure.figure.median
        switch figure.unit {
        case .perSecond: return "\(figure.what) \(NumberText.fixed(median, 0))/s"
        case .microseconds: return "\(figure.what) \(NumberText.short(median)) µs"
        case .percentOfProcessor: return "\(figure.what) \(NumberText.short(median)) % (at most \(NumberText.short(figure.figure.most)))"
        case .percent: return "\(figure.what) \(NumberText.short(median)) %"
        case .times: return "\(figure.what) \(NumberText.short(median)) times"
        case .count: return "\(figure.what) \(NumberText.fixed(median, 0))"
        }
    }

    private static func text(_ value: Double, _ unit: Measurement.Unit) -> String {
        switch unit {
        case .ratio: NumberText.short(value)
        case .megabytes: "\(NumberText.short(value)) MB"
        case .seconds: "\(NumberText.short(value)) s"
        case .kilobytes: "\(NumberText.short(value)) KB"
        }
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
    fileprivate func padded(left width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
