import Glibc

/// A point on CLOCK_MONOTONIC (clock_gettime(2)), nanoseconds: what deadlines are measured in, since it never jumps.
public struct MonotonicTime: Sendable, Comparable, Hashable {
    /// Nanoseconds since an arbitrary start.
    public let nanoseconds: UInt64

    /// A point from its nanoseconds.
    public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    /// The time now.
    public static var now: MonotonicTime {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }

    /// A point that never comes.
    public static let distantFuture = MonotonicTime(nanoseconds: .max)

    /// This point and so many milliseconds more.
    public func advanced(milliseconds: Int) -> MonotonicTime {
        MonotonicTime(nanoseconds: nanoseconds &+ UInt64(max(0, milliseconds)) &* 1_000_000)
    }

    /// Earlier than.
    public static func < (left: MonotonicTime, right: MonotonicTime) -> Bool { left.nanoseconds < right.nanoseconds }
}
