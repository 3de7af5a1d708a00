/// The report as a table for people.
extension RunReport {
    private static let heads = ["clients", "requests/s", "least..most", "p50", "p99", "p99.9", "longest", "failed"]
    private static let widths = [9, 13, 20, 10, 10, 10, 10, 9]

    func text() -> String {
        var lines = [machine.sentence, title]
        if !isOptimised { lines.append("BUILT WITHOUT OPTIMISATION: not to be quoted") }
        for subject in subjects {
            lines += ["", subject.name, Self.row(Self.heads)]
            for point in subject.points {
                lines.append(Self.row(Self.cells(point)))
                lines += Self.details(point).map { Terminal.faint("    " + $0) }
            }
            if let verified = subject.verifiedRecords {
                lines.append("    every reply checked; all \(NumberText.fixed(Double(verified), 0)) records read back and judged")
            } else {
                lines.append("    every reply checked")
            }
            if let note = Self.note(blurred: subject.blurred) { lines.append("    \(note)") }
        }
        lines += ratios()
        return lines.joined(separator: "\n")
    }

    /// What was judged less strictly than the rest; nil: nothing.
    static func note(blurred: UInt64?) -> String? {
        guard let blurred, blurred > 0 else { return nil }
        return "writes of unknown outcome beyond those that are kept apart for a record: \(blurred); older values of it were let pass"
    }

    private static func row(_ cells: [String]) -> String {
        zip(cells, widths).map { cell, width in String(repeating: " ", count: max(0, width - cell.count)) + cell }.joined()
    }

    private static func cells(_ point: Point) -> [String] {
        func time(_ figure: (RunFigures) -> Double) -> String { duration(point.spread(figure).median) }
        let rate = point.spread(\.requestsPerSecond)
        return [
            "\(point.clients)", NumberText.fixed(rate.median, 0), "\(NumberText.fixed(rate.least, 0))..\(NumberText.fixed(rate.most, 0))",
            time(\.p50Microseconds), time(\.p99Microseconds), time(\.p999Microseconds), time(\.longestMicroseconds),
            NumberText.fixed(point.spread { Double($0.failed + $0.unsent) }.median, 0),
        ]
    }

    /// Microseconds as people read them.
    static func duration(_ microseconds: Double) -> String {
        if microseconds < 1_000 { return NumberText.short(microseconds) + " µs" }
        return microseconds < 1e6 ? NumberText.short(microseconds / 1_000) + " ms" : NumberText.short(microseconds / 1e6) + " s"
    }

    /// What is said of a number of clients below its row.
    static func details(_ point: Point) -> [String] {
        var lines = spread(point)
        let last = point.runs[point.runs.count - 1]
        if last.operations.count > 1 {
            lines += last.operations.map {
                "\($0.name): \(NumberText.fixed(Double($0.count), 0)), p50 \(duration($0.p50Microseconds)), "
                    + "p99 \(duration($0.p99Microseconds))"
            }
        }
        let errors = point.runs.reduce(into: [String: UInt64]()) { $0.merge($1.errors, uniquingKeysWith: +) }
        if !errors.isEmpty {
            lines.append("errors: \(errors.listed)")
        }
        if point.runs.contains(where: { $0.unsent > 0 }) {
            lines.append("the server did not keep up: \(point.runs.reduce(0) { $0 + $1.unsent }) requests were never sent")
        }
        if let slow = last.slowResults {
            let failures = last.slowFailures.map { $0 > 0 ? ", \($0) times lost or refused" : "" } ?? ""
            lines.append("slow readers: \(slow) whole results in the last run\(failures)")
        }
        lines += batches(last)
        return lines + chaos(point)
    }

    private static func spread(_ point: Point) -> [String] {
        guard point.runs.count > 1 else { return [] }
        let figures: [(name: String, of: KeyPath<RunFigures, Double>)] = [
            ("p50", \.p50Microseconds), ("p99", \.p99Microseconds), ("p99.9", \.p999Microseconds),
        ]
        let spreads = figures.map { figure in
            let spread = point.spread { $0[keyPath: figure.of] }
            return "\(figure.name) \(duration(spread.least))..\(duration(spread.most))"
        }
        return ["\(point.runs.count) runs, least..most: \(spreads.joined(separator: ", "))"]
    }

    private static func batches(_ run: RunFigures) -> [String] {
        guard run.daemon.count > 1 else { return [] }
        func size(_ requests: KeyPath<DaemonSample, Int>, _ batches: KeyPath<DaemonSample, Int>) -> String {
            let count = DaemonSample.growth(run.daemon, batches)
            return count > 0 ? NumberText.short(Double(DaemonSample.growth(run.daemon, requests)) / Double(count)) : "–"
        }
        let reads = size(\.readRequests, \.readBatches)
        let writes = size(\.writeRequests, \.writeBatches)
        let queue = run.daemon.map(\.queued).max() ?? 0
        return ["requests in a batch: \(reads) reads, \(writes) writes; longest queue seen \(queue)"] + usage(run)
    }

    private static func usage(_ run: RunFigures) -> [String] {
        let bytes = run.daemon.compactMap(\.anonymousBytes)
        let descriptors = run.daemon.compactMap(\.descriptors)
        guard let first = bytes.first, let last = bytes.last, let opened = descriptors.first, let open = descriptors.last else { return [] }
        func megabytes(_ bytes: Int) -> String { NumberText.short(Double(bytes) / 1e6) }
        return ["the daemon's memory: \(megabytes(first)) MB, at the end \(megabytes(last)) MB; descriptors \(opened), \(open)"]
    }

    private static func chaos(_ point: Point) -> [String] {
        guard point.runs.contains(where: { !$0.events.isEmpty }) else { return [] }
        let available = availability(
            ofTime: point.spread(\.availabilityOfTime).median, ofRequests: point.spread(\.availabilityOfRequests).median)
        return [available] + point.runs.flatMap(\.events).map(\.sentence)
    }

    /// Both are shares, from 0 to 1.
    static func availability(ofTime time: Double, ofRequests requests: Double) -> String {
        "available \(NumberText.fixed(time * 100, 2)) % of the time, for \(NumberText.fixed(requests * 100, 3)) % of requests"
    }

    /// The first server against each other one, run by run.
    private func ratios() -> [String] {
        guard let ours = subjects.first, subjects.count > 1 else { return [] }
        return subjects.dropFirst().flatMap { theirs in
            zip(ours.points, theirs.points).map { own, other in
                // A pair of which one side answered nothing has no ratio.
                let ratios = zip(own.runs, other.runs).map { $0.requestsPerSecond / $1.requestsPerSecond }.filter(\.isFinite)
                let ratio = Spread(ratios.isEmpty ? [.nan] : ratios)
                return "\(own.clients) clients: \(ours.name) / \(theirs.name): \(NumberText.short(ratio.median)) "
                    + "(\(NumberText.short(ratio.least))..\(NumberText.short(ratio.most)))"
            }
        }
    }
}
