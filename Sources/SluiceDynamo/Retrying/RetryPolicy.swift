/// How often and when a request is sent again: what AWS's SDKs do in the mode `standard` as of 2026, with their settings for DynamoDB
/// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html,
/// https://aws.amazon.com/blogs/developer/announcing-updated-retry-behavior-for-aws-sdks-and-tools/). A value.
struct RetryPolicy: Sendable, Equatable {
    /// Attempts in all, the first included.
    var maxAttempts = 4
    /// The longest first pause after a transient failure, milliseconds.
    var transientPauseMilliseconds = 25
    /// The longest first pause after throttling, milliseconds.
    var throttledPauseMilliseconds = 1_000
    /// What pauses, doubling, never exceed, milliseconds.
    var maxPauseMilliseconds = 20_000
    /// How far a server's own wish may exceed the pause, milliseconds.
    var maxExtraMilliseconds = 5_000
    /// The tokens of a full budget.
    var budgetTokens = 500
    /// What a retry after a transient failure takes from it.
    var transientCost = 14
    /// What a retry after throttling takes: less, since the service asks for it.
    var throttledCost = 5
    /// What a request that succeeds at once gives back.
    var successTokens = 1
    /// How far apart the clocks are when a signature is refused for its time, milliseconds. AWS takes five minutes.
    var skewMilliseconds: Int64 = 4 * 60 * 1_000
    /// The longest that connecting may take, milliseconds: that of the SDKs' `standard` defaults.
    var connectMilliseconds = 3_100
    /// The longest that one attempt may take, milliseconds.
    var attemptMilliseconds = 10_000

    /// The pause before the next attempt, with full jitter: anything between none and a bound that doubles.
    /// - Parameters:
    ///   - attempts: how many there were.
    ///   - wish: how long the server asked to be left alone, milliseconds.
    ///   - random: from 0 up to 1.
    func pauseMilliseconds(after attempts: Int, isThrottled: Bool, wish: Int?, random: Double) -> Int {
        let first = isThrottled ? throttledPauseMilliseconds : transientPauseMilliseconds
        let bound = min(maxPauseMilliseconds, first << min(attempts - 1, 20))
        let pause = Int(Double(bound) * random)
        return min(max(pause, wish ?? 0), pause + maxExtraMilliseconds)
    }
}
