/// The rows of the benchmark, in the order of its table.
enum BenchRow: String, CaseIterable, Encodable {
    case ping, pipeline, hop, getOne, creates, batching, growth, mongodb, dynamodb, memory

    /// Measures the row's lines of the table. When a server is not there or fails, one line says so and the other rows keep their figures.
    /// - Throws: `StressFailure` when a reply is wrong, or somebody interrupts: there are no figures then.
    func lines(_ bench: Bench) throws -> [Measurement] {
        do { return try measure(bench) } catch let failure as StressFailure {
            if failure.kind == .wrongAnswer || failure.kind == .interrupted { throw failure }
            let reason = failure.message.isEmpty ? "a process of the run has said why, above" : failure.message
            return [Measurement(self, rawValue, .ratio, nil, unmeasured: reason)]
        }
    }

    private func measure(_ bench: Bench) throws -> [Measurement] {
        switch self {
        case .ping: try PingRow.measure(bench)
        case .pipeline: try PipelineRow.measure(bench)
        case .hop: try NullEngineRow.measure(bench)
        case .getOne: try PointReadRow.measure(bench)
        case .creates: try DurableCreateRow.measure(bench)
        case .batching: try BatchingRow.measure(bench)
        case .growth: try GrowthRow.measure(bench)
        case .mongodb:
            [
                try EngineRow(row: self, engine: .mongodb, isReads: true, bar: .atLeast(3)).measure(bench),
                try EngineRow(row: self, engine: .mongodb, isReads: false, bar: .atLeast(4)).measure(bench),
            ]
        case .dynamodb: [try EngineRow(row: self, engine: .dynamodb, isReads: true, bar: .atLeast(4)).measure(bench)]
        case .memory: try MemoryRow.measure(bench)
        }
    }
}
