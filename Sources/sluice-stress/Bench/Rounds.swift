/// What is compared, each measured in every round, once or in several turns, one after the other: what changes on the machine meanwhile
/// touches all alike.
struct Rounds {
    /// One of those that are compared.
    struct Side {
        /// Whose figures they are.
        let name: String
        let run: () throws -> RunResult

        init(_ name: String, run: @escaping () throws -> RunResult) {
            self.name = name
            self.run = run
        }

        /// A load on a server, whose name the side has.
        init(_ load: Load, on server: MeasuredServer) { self.init(server.name) { try load.run(against: server) } }
    }

    private let sides: [Side]
    private let turns: Int
    /// Of each side the results of all turns of all rounds, in the order of the sides.
    private(set) var results: [[RunResult]]

    /// Measures all sides in as many rounds as the benchmark has runs.
    /// - Parameter turns: how often each side is measured in a round. Where the sides differ by less than the machine does from one second
    ///   to the next, several short turns, there and back, tell them apart better than one long one.
    /// - Throws: what a side's run throws.
    init(_ row: BenchRow, _ bench: Bench, turns: Int = 1, _ sides: [Side]) throws {
        self.sides = sides
        self.turns = turns
        results = sides.map { _ in [] }
        for round in 1...bench.runs {
            for turn in 0..<turns {
                let order = turn.isMultiple(of: 2) ? Array(sides.indices) : sides.indices.reversed()
                for index in order {
                    bench.progress.show(row.rawValue, run: round, of: bench.runs, sides[index].name)
                    results[index].append(try sides[index].run())
                }
            }
        }
    }

    /// One side's figure divided by another's, round by round, each the mean of its turns.
    func ratios(_ figure: (RunResult) -> Double, _ side: Int = 0, over other: Int = 1) -> [Double] {
        zip(results[side].map(figure).means(ofEach: turns), results[other].map(figure).means(ofEach: turns)).map { $0 / $1 }
    }

    /// All that is said of these sides, of every one unless told otherwise.
    func figures(_ chosen: Int...) -> [SideFigure] {
        (chosen.isEmpty ? Array(sides.indices) : chosen).flatMap { SideFigure.all(of: sides[$0].name, results[$0], turns: turns) }
    }

    /// Of every side the median latency, the 99th percentile of a typical tenth of a second, that of the whole run, and what other programs
    /// used meanwhile.
    var latencies: [SideFigure] {
        sides.indices.flatMap { index in
            let others = results[index].compactMap(\.othersPercent)
            return [
                SideFigure(sides[index].name, "p50", .microseconds, results[index].map(\.median)),
                SideFigure(sides[index].name, "p99", .microseconds, results[index].map { $0.typicalMicroseconds(quantile: 0.99) }),
                SideFigure(
                    sides[index].name, "with the machine's stalls", .microseconds, results[index].map { $0.microseconds(quantile: 0.99) }),
            ] + (others.isEmpty ? [] : [SideFigure(sides[index].name, "others' CPU", .percentOfProcessor, others)])
        }
    }
}

extension RunResult {
    /// The median latency, microseconds.
    var median: Double { microseconds(quantile: 0.5) }
}
