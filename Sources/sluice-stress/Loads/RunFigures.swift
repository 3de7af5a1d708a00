/// What one run came to, to be kept and compared.
struct RunFigures: Codable {
    struct Operation: Codable {
        let name: String
        let count: UInt64
        let p50Microseconds: Double
        let p99Microseconds: Double
    }

    let requests: UInt64
    let requestsPerSecond: Double
    let p50Microseconds: Double
    let p90Microseconds: Double
    let p99Microseconds: Double
    let p999Microseconds: Double
    let longestMicroseconds: Double
    let generatorMicrosecondsPerRequest: Double
    let operations: [Operation]
    let failed: UInt64
    let unsent: UInt64
    let connects: UInt64
    let errors: [String: UInt64]
    /// The share of requests that were answered, and of time in which some were.
    let availabilityOfRequests: Double
    let availabilityOfTime: Double
    let series: [SeriesPoint]
    var daemon: [DaemonSample] = []
    var events: [ChaosEvent] = []
    /// Results that slow readers got whole beside the run.
    var slowResults: UInt64?
    /// How often one of them lost its connection, or got an error.
    var slowFailures: UInt64?

    /// Pieces of a plot are a second long, or a sixtieth of a long run.
    init(_ result: RunResult) {
        requests = result.answered
        requestsPerSecond = result.requestsPerSecond
        p50Microseconds = result.microseconds(quantile: 0.5)
        p90Microseconds = result.microseconds(quantile: 0.9)
        p99Microseconds = result.microseconds(quantile: 0.99)
        p999Microseconds = result.microseconds(quantile: 0.999)
        longestMicroseconds = result.longestMicroseconds
        generatorMicrosecondsPerRequest = result.generatorMicrosecondsPerRequest
        operations = Mix.operationNames.enumerated().compactMap { index, name in
            let (count, p50) = result.operation(index, quantile: 0.5)
            guard count > 0 else { return nil }
            return Operation(
                name: name, count: count, p50Microseconds: p50, p99Microseconds: result.operation(index, quantile: 0.99).microseconds)
        }
        failed = result.failed
        unsent = result.unsent
        connects = result.connects
        errors = result.errors
        let asked = result.answered + result.failed + result.unsent
        availabilityOfRequests = asked > 0 ? Double(result.answered) / Double(asked) : 1
        availabilityOfTime = result.availabilityOfTime
        series = result.series(seconds: max(1, result.seconds / 60))
    }
}
