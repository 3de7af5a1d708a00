/// What requests cost as one thing grows: a table in Markdown, which a person can read as it is. Made by one of the measurements beside it.
struct CostTable: Encodable {
    let title: String
    let heads: [String]
    private(set) var rows: [[String]] = []

    init(_ title: String, heads: [String]) {
        self.title = title
        self.heads = heads
    }

    mutating func add(_ row: [String]) { rows.append(row) }

    var text: String {
        let lines = [heads, heads.map { _ in "---" }] + rows
        return (["**\(title)**", ""] + lines.map { "| " + $0.joined(separator: " | ") + " |" }).joined(separator: "\n")
    }

    /// Of several runs of one load: requests a second, p50, p99 and the server's processor time for each request, with its least and most.
    static func cells(_ results: [RunResult]) -> [String] {
        func median(_ figure: (RunResult) -> Double) -> Double { Spread(results.map(figure)).median }
        let processor = results.compactMap(\.serverMicrosecondsPerRequest)
        let spread = processor.isEmpty ? nil : Spread(processor)
        return [
            NumberText.fixed(median(\.requestsPerSecond), 0), RunReport.duration(median { $0.microseconds(quantile: 0.5) }),
            RunReport.duration(median { $0.microseconds(quantile: 0.99) }),
            spread.map { "\(NumberText.short($0.median)) µs (\(NumberText.short($0.least)) … \(NumberText.short($0.most)))" } ?? "–",
        ]
    }
    static let cellHeads = ["p50", "p99", "CPU for each"]
}
