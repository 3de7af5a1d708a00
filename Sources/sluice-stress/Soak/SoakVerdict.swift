/// Whether a long run ended as it began: what it held and how long it let people wait, in its last third against its first. What the daemon
/// held is compared within its longest life too, since one that is started again begins with nothing. And whether it served: how much of
/// what was asked failed or was never sent. A value, made of the run's figures.
/// Wrong answers are none of its business: they end a run.
struct SoakVerdict: Encodable {
    /// One thing that must have stayed.
    struct Check: Encodable {
        let what: String
        /// In the first third; nil where there is nothing to compare with.
        let before: Double?
        let after: Double
        let bound: Double
        let isMet: Bool

        init(_ what: String, before: Double? = nil, after: Double, bound: Double) {
            self.what = what
            self.before = before
            self.after = after
            self.bound = bound
            isMet = after <= bound
        }
    }

    let checks: [Check]

    /// What could not be judged, since the run has no figures of it.
    let missing: [String]

    var isMet: Bool { missing.isEmpty && checks.allSatisfy(\.isMet) }

    /// What memory may grow by: buffers that grow with the longest queue so far stay as large, bytes.
    private static let memorySlack = 4.0 * 1024 * 1024
    /// Connections come and go with the clients that are cut off.
    private static let descriptorSlack = 8.0
    /// The worst in a thousand moves with whatever else the machine does.
    private static let latencyFactor = 2.0
    /// Requests that may fail beside those of the outages, percent: those under way when connections are cut.
    private static let mostFailedPercent = 0.2

    /// - Parameter seconds: how long it was; chaos kept the daemon from answering for a share of that.
    init(_ run: RunFigures, seconds: Double) {
        var checks: [Check] = []
        var missing: [String] = []
        func check(_ what: String, _ values: [Double], _ figure: ([Double]) -> Double, bound: (Double) -> Double) {
            let third = values.count / 3
            guard third > 0 else { return missing.append(what) }
            let (before, after) = (figure(Array(values.prefix(third))), figure(Array(values.suffix(third))))
            checks.append(Check(what, before: before, after: after, bound: bound(before)))
        }
        let lives = Self.lives(run.daemon)
        let longest = lives.max { $0.count < $1.count } ?? []
        for (whose, samples) in [("", run.daemon)] + (lives.count > 1 ? [(" of its longest life", longest)] : []) {
            check("RssAnon\(whose) at most, bytes", samples.compactMap { $0.anonymousBytes.map(Double.init) }, Self.most) {
                $0 + Self.memorySlack
            }
            check("open descriptors\(whose) at most", samples.compactMap { $0.descriptors.map(Double.init) }, Self.most) {
                $0 + Self.descriptorSlack
            }
        }
        // What chaos does to some pieces says nothing of the others.
        check("p99.9, the median over time, µs", run.series.map(\.p999Microseconds).filter { $0 > 0 }, { Spread($0).median }) {
            $0 * Self.latencyFactor
        }
        let outages = run.events.filter { $0.action != .cutClients }.reduce(0) { $0 + $1.restoredAtSecond - $1.second }
        let outagePercent = 100 * outages / seconds
        checks.append(
            Check(
                "failed or never sent, % of requests", after: 100 * (1 - run.availabilityOfRequests),
                bound: Self.mostFailedPercent + outagePercent))
        self.checks = checks
        self.missing = missing
    }

    /// The samples of each process: one that was started again has counted less than the one before.
    private static func lives(_ samples: [DaemonSample]) -> [[DaemonSample]] {
        samples.reduce(into: []) { lives, sample in
            if let last = lives.last?.last, sample.readRequests >= last.readRequests {
                lives[lives.count - 1].append(sample)
            } else {
                lives.append([sample])
            }
        }
    }

    private static func most(_ values: [Double]) -> Double { values.max() ?? 0 }

    /// A line for each check.
    var text: String {
        let judged = checks.map { check in
            let (after, bound) = (NumberText.short(check.after), "at most \(NumberText.short(check.bound))")
            guard let before = check.before else { return "\(check.isMet ? "kept  " : "MISSED") \(check.what): \(after), \(bound)" }
            return "\(check.isMet ? "kept  " : "GREW  ") \(check.what): \(NumberText.short(before)) in the first third, "
                + "\(after) in the last, \(bound)"
        }
        return (judged + missing.map { "MISSED \($0): the run has no figures of it" }).joined(separator: "\n")
    }
}
