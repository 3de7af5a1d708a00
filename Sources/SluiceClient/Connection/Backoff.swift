/// How long to wait before the next try: exponential with full jitter, so that clients of a restarted daemon do not come back all at once
/// (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
public struct Backoff: Sendable {
    /// The bound of the first wait.
    public var first: Duration
    /// The bound of every wait.
    public var longest: Duration

    /// Waits of up to `first`, doubled with each failure up to `longest`.
    public init(first: Duration = .milliseconds(50), longest: Duration = .seconds(2)) {
        self.first = first
        self.longest = longest
    }

    /// - Parameters:
    ///   - failures: how many there were in a row before this one.
    ///   - jitter: from 0 to 1, where between nothing and the bound the wait lies.
    func delay(failures: Int, jitter: Double) -> Duration {
        min(first * (1 << min(failures, 16)), longest) * jitter
    }
}
