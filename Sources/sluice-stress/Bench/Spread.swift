/// The figures of several runs of one thing: their median, and how far they lie apart.
struct Spread: Encodable {
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

    private enum CodingKeys: String, CodingKey {
        case median, least, most, runs
    }

    /// JSON knows only finite numbers: what has no value, like the ratio to nothing, is null.
    func encode(to encoder: any Encoder) throws {
        func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(finite(median), forKey: .median)
        try container.encode(finite(least), forKey: .least)
        try container.encode(finite(most), forKey: .most)
        try container.encode(runs.map(finite), forKey: .runs)
    }
}
