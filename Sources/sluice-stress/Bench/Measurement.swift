/// A line of the benchmark's table: one figure against its bar, with what stands behind it.
struct Measurement: Encodable {
    enum Unit: String, Encodable, Sendable {
        case ratio, megabytes, kilobytes, seconds
    }

    let row: BenchRow
    let what: String
    let unit: Unit
    /// Nil for a row none of whose lines could be measured.
    let bar: Bar?
    /// Nil when it could not be measured; `reason` says why.
    let figure: Spread?
    let reason: String?
    /// The median meets the bar. What was not measured is not met.
    let isMet: Bool
    /// What the figure was computed from, and what else was measured in the same runs.
    let beside: [SideFigure]

    init(_ row: BenchRow, _ what: String, _ unit: Unit, _ bar: Bar, runs: [Double], beside: [SideFigure] = []) {
        self.row = row
        self.what = what
        self.unit = unit
        self.bar = bar
        let spread = Spread(runs)
        figure = spread
        reason = nil
        isMet = spread.median.isFinite && bar.isMet(by: spread.median)
        self.beside = beside
    }

    init(_ row: BenchRow, _ what: String, _ unit: Unit, _ bar: Bar?, unmeasured reason: String) {
        self.row = row
        self.what = what
        self.unit = unit
        self.bar = bar
        figure = nil
        self.reason = reason
        isMet = false
        beside = []
    }
}
