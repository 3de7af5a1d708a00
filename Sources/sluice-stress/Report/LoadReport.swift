/// What a load that a person asked for came to.
struct LoadReport: Encodable {
    let workload: String
    let clients: Int
    let processes: Int
    let depth: Int
    let seconds: Double
    let requests: UInt64
    let requestsPerSecond: Double
    /// Latency by the share of requests that did not exceed it, microseconds.
    let p50Microseconds: Double
    let p90Microseconds: Double
    let p99Microseconds: Double
    let p999Microseconds: Double
    let longestMicroseconds: Double
    let generatorMicrosecondsPerRequest: Double

    init(_ load: Load, _ result: RunResult) {
        workload = load.workload.rawValue
        clients = load.clients
        processes = load.processes
        depth = load.depth
        seconds = result.seconds
        requests = result.answered
        requestsPerSecond = result.requestsPerSecond
        p50Microseconds = result.microseconds(quantile: 0.5)
        p90Microseconds = result.microseconds(quantile: 0.9)
        p99Microseconds = result.microseconds(quantile: 0.99)
        p999Microseconds = result.microseconds(quantile: 0.999)
        longestMicroseconds = result.longestMicroseconds
        generatorMicrosecondsPerRequest = result.generatorMicrosecondsPerRequest
    }

    func text() -> String {
        func time(_ microseconds: Double) -> String { "\(NumberText.short(microseconds)) µs" }
        return """
            \(workload), \(clients) clients in \(processes) \(processes == 1 ? "process" : "processes"), \
            depth \(depth), \(NumberText.short(seconds)) s
            requests   \(NumberText.fixed(Double(requests), 0)), every reply checked: \(NumberText.fixed(requestsPerSecond, 0))/s
            latency    p50 \(time(p50Microseconds))  p90 \(time(p90Microseconds))  p99 \(time(p99Microseconds))  \
            p99.9 \(time(p999Microseconds))  longest \(time(longestMicroseconds))
            generator  \(time(generatorMicrosecondsPerRequest)) of CPU for each request
            """
    }
}
