/// What differs between two saved runs of one workload.
struct Comparison {
    private let before: RunReport
    private let after: RunReport

    init(_ before: RunReport, _ after: RunReport) {
        self.before = before
        self.after = after
    }

    private static let figures: [(name: String, isTime: Bool, figure: @Sendable (RunFigures) -> Double)] = [
        ("requests/s", false, { $0.requestsPerSecond }), ("p50", true, { $0.p50Microseconds }), ("p99", true, { $0.p99Microseconds }),
        ("p99.9", true, { $0.p999Microseconds }), ("failed", false, { Double($0.failed + $0.unsent) }),
    ]

    var text: String {
        var lines = ["before: \(before.title)", "after:  \(after.title)"]
        if before.title != after.title { lines.append("NOT THE SAME: figures of different workloads say little about each other") }
        if before.machine.sentence != after.machine.sentence {
            lines += ["NOT THE SAME MACHINE:", "  before: \(before.machine.sentence)", "  after:  \(after.machine.sentence)"]
        }
        if before.isOptimised != after.isOptimised { lines.append("NOT THE SAME BUILD: one of them was built without optimisation") }
        let head = lines.count
        for subject in after.subjects {
            guard let old = before.subjects.first(where: { $0.name == subject.name }) else { continue }
            for point in subject.points {
                guard let oldPoint = old.points.first(where: { $0.clients == point.clients && $0.depth == point.depth }) else { continue }
                lines += ["", "\(subject.name), \(point.clients) clients, \(point.runs.count) runs"]
                if oldPoint.processes != point.processes {
                    lines.append("  NOT THE SAME: \(oldPoint.processes) processes before, \(point.processes) after")
                }
                lines += Self.figures.map { Self.line($0.name, $0.isTime, oldPoint.spread($0.figure), point.spread($0.figure)) }
            }
        }
        if lines.count == head { lines.append("nothing that both have") }
        return lines.joined(separator: "\n")
    }

    private static func line(_ name: String, _ isTime: Bool, _ before: Spread, _ after: Spread) -> String {
        func text(_ value: Double) -> String { isTime ? RunReport.duration(value) : NumberText.fixed(value, 0) }
        func spread(_ spread: Spread) -> String { "\(text(spread.median)) (\(text(spread.least))..\(text(spread.most)))" }
        let isApart = after.least > before.most || after.most < before.least
        let verdict = change(from: before.median, to: after.median) + (isApart ? "" : ", the runs overlap")
        return "  \(name): \(spread(before)) → \(spread(after))  \(verdict)"
    }

    private static func change(from before: Double, to after: Double) -> String {
        guard before > 0 else { return after > 0 ? "none before" : "none in either" }
        let change = (after / before - 1) * 100
        return "\(change > 0 ? "+" : "")\(NumberText.fixed(change, 1)) %"
    }
}
