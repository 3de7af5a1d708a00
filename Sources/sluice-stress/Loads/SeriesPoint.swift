import CBench

/// What happened in one piece of a run's time.
struct SeriesPoint: Codable {
    /// From the begin of the window, and how long the piece is.
    let second: Double
    let seconds: Double
    let requestsPerSecond: Double
    let failuresPerSecond: Double
    let p50Microseconds: Double
    let p99Microseconds: Double
    let p999Microseconds: Double

    init(second: Double, seconds: Double, _ slice: UnsafePointer<bench_slice>) {
        self.second = second
        self.seconds = seconds
        requestsPerSecond = Double(bench_slice_count(slice)) / seconds
        failuresPerSecond = Double(slice.pointee.failed) / seconds
        p50Microseconds = Double(bench_slice_quantile(slice, 0.5)) / 1000
        p99Microseconds = Double(bench_slice_quantile(slice, 0.99)) / 1000
        p999Microseconds = Double(bench_slice_quantile(slice, 0.999)) / 1000
    }
}
