/// The figures of several runs of one thing: their median, and how far they lie apart.
struct Spread: Codable {
    let median: Double
    let least: Double
    let most: Double
    let runs: [Double]

    /// - Precondition: at least one figure.
    init(_ runs: [Double]) {
        let sorted = runs.sorted()
        let middle = sorted.count / 2
        self.runs = runs
        median = sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
        least = sorted.first!
        most = sorted.last!
    }
}
