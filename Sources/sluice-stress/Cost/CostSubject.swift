/// What can grow.
enum CostSubject: String, CaseIterable {
    case clients
    case recordSize = "record-size"
    case engineLatency = "engine-latency"

    func measure(_ bench: Bench, _ programs: Rig.Programs) throws -> CostTable {
        switch self {
        case .clients: try ClientsCost.measure(bench)
        case .recordSize: try RecordSizeCost.measure(bench)
        case .engineLatency: try EngineLatencyCost.measure(bench, programs)
        }
    }
}
