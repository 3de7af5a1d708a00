import CBench
import Glibc
import Histogram
import Testing

/// The generator's histograms, which are C's own, against HdrHistogram's.
@Suite struct HistogramTests {
    /// Latencies of all magnitudes alike, nanoseconds: everywhere so close together that one more or less makes no difference.
    private static func latencies(_ count: Int) -> [UInt64] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in
            UInt64(exp2(Double.random(in: 1...41, using: &generator)))
        }
    }

    private static let shares = [0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 1]

    @Test func quantilesAreThoseOfHdrHistogram() {
        let (first, second) = (Self.latencies(60_000), Self.latencies(40_000))
        var reference = Histogram<UInt64>(lowestDiscernibleValue: 1, highestTrackableValue: 1 << 42, numberOfSignificantValueDigits: .three)
        let (ours, other): (UnsafeMutablePointer<bench_histogram>, UnsafeMutablePointer<bench_histogram>) = (
            .allocate(capacity: 1), .allocate(capacity: 1)
        )
        ours.initialize(to: bench_histogram())
        other.initialize(to: bench_histogram())
        defer {
            ours.deallocate()
            other.deallocate()
        }
        for latency in first + second { reference.record(latency) }
        for latency in first { bench_histogram_record(ours, latency) }
        for latency in second { bench_histogram_record(other, latency) }
        bench_histogram_merge(ours, other)
        #expect(ours.pointee.count == 100_000)
        for share in Self.shares {
            let (figure, expected) = (Double(bench_histogram_quantile(ours, share)), Double(reference.valueAtPercentile(share * 100)))
            // 0.2 % and 0.1 % of precision, and a few of 100,000 values further or nearer; whole nanoseconds.
            #expect(abs(figure - expected) <= max(1, expected * 0.01), "\(share): \(figure), HdrHistogram says \(expected)")
        }
        #expect(ours.pointee.max == (first + second).max())
    }

    @Test func slicesAreWithinTheirCoarserPrecision() {
        let latencies = Self.latencies(50_000)
        var reference = Histogram<UInt64>(lowestDiscernibleValue: 1, highestTrackableValue: 1 << 42, numberOfSignificantValueDigits: .three)
        let slice = UnsafeMutablePointer<bench_slice>.allocate(capacity: 1)
        slice.initialize(to: bench_slice())
        defer { slice.deallocate() }
        for latency in latencies {
            reference.record(latency)
            bench_slice_record(slice, latency)
        }
        #expect(bench_slice_count(slice) == 50_000)
        for share in Self.shares where share <= 0.999 {
            let (figure, expected) = (Double(bench_slice_quantile(slice, share)), Double(reference.valueAtPercentile(share * 100)))
            // Half of a sixteenth, rounded up.
            #expect(abs(figure - expected) <= max(1, expected * 0.04), "\(share): \(figure), HdrHistogram says \(expected)")
        }
    }
}
