import SluiceProtocol
import Synchronization

/// A clock that stands still until a test moves it.
final class FakeClock: Sendable {
    private let milliseconds = Mutex<Int64>(1_767_323_045_678)

    var now: Timestamp { Timestamp(milliseconds: milliseconds.withLock { $0 })! }

    func advance(seconds: Int64) { milliseconds.withLock { $0 += seconds * 1000 } }
}
