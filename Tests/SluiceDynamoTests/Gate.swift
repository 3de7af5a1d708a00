import Foundation

/// Holds threads until so many have come at once; then it is open for good.
final class Gate: @unchecked Sendable {
    private let condition = NSCondition()
    private var missing: Int

    init(count: Int) { missing = count }

    /// Waits for the others; two minutes at most, so that a test fails instead of hanging.
    func pass() {
        condition.lock()
        defer { condition.unlock() }
        missing -= 1
        if missing <= 0 { condition.broadcast() }
        let end = Date(timeIntervalSinceNow: 120)
        while missing > 0, condition.wait(until: end) {}
    }
}
