import CBench
import Glibc

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

    /// Requests that ended with an error or with their connection, in the window.
    var failed: UInt64 { storage.pointee.failed }
    /// Requests of an open loop that were never sent.
    var unsent: UInt64 { storage.pointee.unsent }
    var connects: UInt64 { storage.pointee.connects }

    /// Errors of the whole run, by their code.
    var errors: [String: UInt64] {
        let counts = (0..<Int32(BENCH_ERRORS)).map { (String(cString: bench_error_name($0)), bench_result_error(storage, $0)) }
        return Dictionary(uniqueKeysWithValues: counts.filter { $0.1 > 0 })
    }

    /// Of one operation: how many were answered, and the latency that this share did not exceed.
    func operation(_ index: Int, quantile share: Double) -> (count: UInt64, microseconds: Double) {
        let histogram = bench_result_operation(storage, bench_operation(UInt32(index)))!
        return (histogram.pointee.count, Double(bench_histogram_quantile(histogram, share)) / 1000)
    }

    /// The window in pieces of at least this length.
    func series(seconds: Double) -> [SeriesPoint] {
        let slice = Double(storage.pointee.slice_nanoseconds) / 1e9
        guard slice > 0 else { return [] }
        let width = max(1, Int((seconds / slice).rounded()))
        let count = min(Int(BENCH_SLICES), Int((self.seconds / slice).rounded(.up)))
        let piece = UnsafeMutablePointer<bench_slice>.allocate(capacity: 1)
        defer { piece.deallocate() }
        return stride(from: 0, to: count, by: width).map { first in
            memset(piece, 0, MemoryLayout<bench_slice>.size)
            let last = min(count, first + width)
            for index in first..<last { bench_slice_merge(piece, bench_result_slice(storage, UInt32(index))) }
            return SeriesPoint(second: Double(first) * slice, seconds: Double(last - first) * slice, piece)
        }
    }

    /// The share of the window's slices, a tenth of a second or more each, in which something succeeded. Where too
    /// little is asked, or takes too long, for something to end in each, those in which nothing failed either are left out.
    var availabilityOfTime: Double {
        let slices = series(seconds: 0)
        let isSeldom = Double(answered + failed + unsent) < Self.mostWithoutChance * Double(slices.count)
        let asked = isSeldom ? slices.filter { $0.requestsPerSecond > 0 || $0.failuresPerSecond > 0 } : slices
        guard !asked.isEmpty else { return 1 }
        return Double(asked.count { $0.requestsPerSecond > 0 }) / Double(asked.count)
    }

    /// Requests that end in a slice on average, from which on none at all are no chance.
    private static let mostWithoutChance = 10.0

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

    /// The same in a typical tenth of a second: the median over all of them. A machine that stands still now and then for some milliseconds
    /// decides the percentile of a whole run by how often it does so.
    func typicalMicroseconds(quantile share: Double) -> Double {
        let slices = (0..<BENCH_SLICES).compactMap { bench_result_slice(storage, UInt32($0)) }.filter { bench_slice_count($0) > 0 }
        let figures = slices.map { Double(bench_slice_quantile($0, share)) / 1000 }
        return figures.isEmpty ? 0 : Spread(figures).median
    }

    /// Processor time of the generators for each request, microseconds.
    var generatorMicrosecondsPerRequest: Double { answered > 0 ? Double(storage.pointee.processor) / Double(answered) / 1000 : 0 }

    /// Processor time of the server for each request, microseconds.
    var serverMicrosecondsPerRequest: Double? {
        guard let serverProcessorNanoseconds, answeredInAll > 0 else { return nil }
        return Double(serverProcessorNanoseconds) / Double(answeredInAll) / 1000
    }
}
