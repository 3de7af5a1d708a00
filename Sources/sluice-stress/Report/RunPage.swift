/// The report as one page for a browser: nothing is loaded from elsewhere, the plots are SVG in the page.
struct RunPage {
    private let report: RunReport

    init(_ report: RunReport) { self.report = report }

    private static let style = """
        :root { color-scheme: light dark; --ink: #1b1f24; --paper: #ffffff; --faint: #6a737d; --grid: #d8dee4;
          --c0: #0969da; --c1: #bc4c00; --c2: #8250df; --c3: #1a7f37; --mark: #cf222e; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --faint: #8b949e; --grid: #30363d;
          --c0: #58a6ff; --c1: #f0883e; --c2: #bc8cff; --c3: #56d364; --mark: #ff7b72; } }
        body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 62rem; margin: 2rem auto;
          padding: 0 1rem; }
        table { border-collapse: collapse; margin: .5rem 0 1.5rem; } th, td { padding: .2rem .8rem; text-align: right; }
        th { color: var(--faint); font-weight: 600; border-bottom: 1px solid var(--grid); }
        h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; } h3 { font-size: 1rem; } .faint { color: var(--faint); }
        svg { width: 100%; height: auto; display: block; } svg text { font: 12px system-ui, sans-serif; fill: var(--faint); }
        .grid { stroke: var(--grid); } .mark { stroke: var(--mark); stroke-dasharray: 4 3; }
        .c0 { stroke: var(--c0); } .c1 { stroke: var(--c1); } .c2 { stroke: var(--c2); } .c3 { stroke: var(--c3); }
        .line { fill: none; stroke-width: 1.8; } .band { stroke-width: 1.2; }
        """

    var html: String {
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>sluice-stress: \(Self.escaped(report.workload))</title><style>\(Self.style)</style></head><body>
        <h1>\(Self.escaped(report.workload))</h1><p>\(Self.escaped(report.title))</p>
        <p class="faint">\(Self.escaped(report.machine.sentence))\(report.isOptimised ? "" : "; BUILT WITHOUT OPTIMISATION")</p>
        \(throughput)
        \(report.subjects.map(section).joined(separator: "\n"))
        </body></html>

        """
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
        return result
    }

    /// Throughput against clients, when there are several counts of them.
    private var throughput: String {
        guard report.subjects.contains(where: { $0.points.count > 1 }) else { return "" }
        let lines = report.subjects.map { subject in
            Chart.Line(
                name: subject.name,
                points: subject.points.map { point in
                    let spread = point.spread(\.requestsPerSecond)
                    return Chart.Place(x: Double(point.clients), y: spread.median, low: spread.least, high: spread.most)
                })
        }
        let chart = Chart(title: "requests/s by clients", x: "clients", unit: .number, lines: lines, isLogarithmicX: true)
        return "<h2>Throughput against clients</h2>\n\(chart.svg)"
    }

    private func section(_ subject: RunReport.Subject) -> String {
        let verified = subject.verifiedRecords.map { "; all \(NumberText.fixed(Double($0), 0)) records read back and judged" } ?? ""
        let note = RunReport.note(blurred: subject.blurred).map { "; \($0)" } ?? ""
        let drawn = subject.points.map { point in details(point) + (point.runs.last.map { plots($0, clients: point.clients) } ?? "") }
        return """
            <h2>\(Self.escaped(subject.name))</h2>\(table(subject))<p class="faint">Every reply checked\(verified)\(note).</p>
            \(drawn.joined(separator: "\n"))
            """
    }

    /// What the table for people says below a row: operations, errors, batches, chaos and what came of it.
    private func details(_ point: RunReport.Point) -> String {
        let lines = RunReport.details(point).map { "<li>\(Self.escaped($0))</li>" }
        return "<h3>\(point.clients) clients</h3><ul class=\"faint\">\(lines.joined())</ul>"
    }

    private func table(_ subject: RunReport.Subject) -> String {
        let rows = subject.points.map { point in
            let rate = point.spread(\.requestsPerSecond)
            let times = [\RunFigures.p50Microseconds, \.p99Microseconds, \.p999Microseconds, \.longestMicroseconds].map { path in
                RunReport.duration(point.spread { $0[keyPath: path] }.median)
            }
            let available = NumberText.fixed(point.spread { $0.availabilityOfRequests * 100 }.median, 3) + " %"
            let least = NumberText.fixed(rate.least, 0)
            let cells =
                ["\(point.clients)", NumberText.fixed(rate.median, 0), "\(least)–\(NumberText.fixed(rate.most, 0))"] + times + [available]
            return "<tr>" + cells.map { "<td>\($0)</td>" }.joined() + "</tr>"
        }
        let heads = ["clients", "requests/s", "spread", "p50", "p99", "p99.9", "longest", "answered"]
        return "<table><tr>\(heads.map { "<th>\($0)</th>" }.joined())</tr>\(rows.joined())</table>"
    }

    /// The last run of a number of clients, over its time.
    private func plots(_ run: RunFigures, clients: Int) -> String {
        func line(_ name: String, _ figure: (SeriesPoint) -> Double) -> Chart.Line {
            Chart.Line(name: name, points: run.series.map { Chart.Place(x: $0.second, y: figure($0)) })
        }
        let marks = run.events.map { Chart.Mark(x: $0.second, name: $0.action.rawValue) }
        var charts = [
            Chart(
                title: "latency, \(clients) clients", x: "seconds", unit: .microseconds,
                lines: [line("p50", \.p50Microseconds), line("p99", \.p99Microseconds), line("p99.9", \.p999Microseconds)],
                marks: marks, isLogarithmicY: true),
            Chart(
                title: "requests/s, \(clients) clients", x: "seconds", unit: .number,
                lines: [line("answered", \.requestsPerSecond), line("failed", \.failuresPerSecond)], marks: marks),
        ]
        if run.daemon.count > 2 { charts.append(batches(run.daemon, marks, clients: clients)) }
        if run.daemon.count(where: { $0.anonymousBytes != nil }) > 2 { charts.append(memory(run.daemon, marks)) }
        return charts.map(\.svg).joined(separator: "\n")
    }

    private func memory(_ samples: [DaemonSample], _ marks: [Chart.Mark]) -> Chart {
        let places = samples.compactMap { sample in sample.anonymousBytes.map { Chart.Place(x: sample.second, y: Double($0) / 1e3) } }
        let line = Chart.Line(name: "RssAnon, KB", points: places)
        return Chart(title: "memory of the daemon", x: "seconds", unit: .number, lines: [line], marks: marks)
    }

    private func batches(_ samples: [DaemonSample], _ marks: [Chart.Mark], clients: Int) -> Chart {
        func sizes(_ requests: KeyPath<DaemonSample, Int>, _ batches: KeyPath<DaemonSample, Int>) -> [Chart.Place] {
            zip(samples, samples.dropFirst()).map { before, after in
                let count = after[keyPath: batches] - before[keyPath: batches]
                let size = count > 0 ? Double(after[keyPath: requests] - before[keyPath: requests]) / Double(count) : 0
                return Chart.Place(x: after.second, y: max(0, size))
            }
        }
        return Chart(
            title: "queue and batches, \(clients) clients", x: "seconds", unit: .number,
            lines: [
                Chart.Line(name: "waiting", points: samples.map { Chart.Place(x: $0.second, y: Double($0.queued)) }),
                Chart.Line(name: "reads in a batch", points: sizes(\.readRequests, \.readBatches)),
                Chart.Line(name: "writes in a batch", points: sizes(\.writeRequests, \.writeBatches)),
            ], marks: marks)
    }
}
