import CEpoll
import Glibc
import SluiceBackend

/// The loop's one timer (timerfd_create(2)): armed for the earliest thing that is due, and only when
/// that becomes earlier. Owned by the loop.
final class LoopTimer {
    let descriptor: Int32
    private var armed = MonotonicTime.distantFuture

    init() throws(SystemError) {
        descriptor = timerfd_create(CLOCK_MONOTONIC, Int32(TFD_NONBLOCK | TFD_CLOEXEC))
        guard descriptor >= 0 else { throw SystemError("timerfd_create") }
    }

    deinit { close(descriptor) }

    /// Sees to it that the timer fires at `time` or before.
    func arm(noLaterThan time: MonotonicTime) {
        guard time < armed else { return }
        armed = time
        let nanoseconds = max(1, time.nanoseconds)
        var spec = itimerspec()
        spec.it_value = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        timerfd_settime(descriptor, Int32(TFD_TIMER_ABSTIME), &spec, nil)
    }

    /// Takes note that it fired: it is not armed now.
    func acknowledge() {
        var expirations: UInt64 = 0
        _ = read(descriptor, &expirations, 8)
        armed = .distantFuture
    }
}
