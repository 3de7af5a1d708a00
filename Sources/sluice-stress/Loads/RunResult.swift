import CBench

/// What one run came to, over all of its processes. Owns the C structure.
final class RunResult {
    private let storage: UnsafeMutablePointer<bench_result> = bench_result_new()
    /// Replies that each process got in the whole run, in the order of the processes.
    private(set) var answeredByProcess: [UInt64] = []
    /// Processor time that the server used in the whole run, nanoseconds; nil when it is not the harness's.
    var serverProcessorNanoseconds: UInt64?
    /// What programs that have no part in the run used meanwhile, percent of one processor; nil when it is not known.
    var othersPercent: Double?

    deinit { bench_result_free(storage) }

    /// Reads what a child hands over at its end, and adds it.
    func add(from child: ChildProcess) throws {
        let part: UnsafeMutablePointer<bench_result> = bench_result_new()
        defer { bench_result_free(part) }
        try child.read(into: UnsafeMutableRawBufferPointer(start: part, count: MemoryLayout<bench_result>.size))
        answeredByProcess.append(part.pointee.answered_in_all)
        bench_result_merge(storage, part)
    }

    var answered: UInt64 { storage.pointee.answered }
    var answeredInAll: UInt64 { storage.pointee.answered_in_all }
    var seconds: Double { Double(storage.pointee.window) / 1e9 }
    var requestsPerSecond: Double { seconds > 0 ? Double(answered) / seconds : 0 }
    var longestMicroseconds: Double { Double(storage.pointee.latency.max) / 1000 }

    /// The latency that this share of the requests did not exceed, microseconds.
    func microseconds(quantile share: Double) -> Double {
        let histogram = UnsafeMutableRawPointer(storage) + MemoryLayout<bench_result>.offset(of: \.latency)!
        return Double(bench_histogram_quantile(histogram.assumingMemoryBound(to: bench_histogram.self), share)) / 1000
    }

    /// Processor time of the generators for each request, microseconds.
    var generatorMicrosecondsPerRequest: Double { answered > 0 ? Double(storage.pointee.processor) / Double(answered) / 1000 : 0 }

    /// Processor time of the server for each request, microseconds.
    var serverMicrosecondsPerRequest: Double? {
        guard let serverProcessorNanoseconds, answeredInAll > 0 else { return nil }
        return Double(serverProcessorNanoseconds) / Double(answeredInAll) / 1000
    }
}
