import Glibc
import SluiceProtocol

extension Timestamp {
    /// The time on the machine's clock.
    public static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let milliseconds = Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
        // A clock that is out of all bounds is as good as one that stands at an end of them.
        return Timestamp(milliseconds: min(max(milliseconds, 0), validMilliseconds.upperBound))!
    }
}
