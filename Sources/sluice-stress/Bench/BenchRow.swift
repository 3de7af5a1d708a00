/// The rows of the benchmark, in the order of its table.
enum BenchRow: String, CaseIterable, Encodable {
    case ping, hop, getOne, creates, memory

    /// Measures the row's lines of the table.
    /// - Throws: `StressFailure` when a server fails or a reply is wrong: there are no figures then.
    func measure(_ bench: Bench) throws -> [Measurement] {
        switch self {
        case .ping: try PingRow.measure(bench)
        case .hop: try NullEngineRow.measure(bench)
        case .getOne: try PointReadRow.measure(bench)
        case .creates: try DurableCreateRow.measure(bench)
        case .memory: try MemoryRow.measure(bench)
        }
    }
}
