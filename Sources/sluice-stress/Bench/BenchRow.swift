/// The rows of the benchmark, in the order of its table.
enum BenchRow: String, CaseIterable, Encodable {
    case ping, pipeline, hop, getOne, creates, batching, growth, mongodb, dynamodb, memory

    /// Measures the row's lines of the table.
    /// - Throws: `StressFailure` when a server fails or a reply is wrong: there are no figures then.
    func measure(_ bench: Bench) throws -> [Measurement] {
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
