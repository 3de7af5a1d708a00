import SluiceBackend

/// One call of DynamoDB's API. A value; `DynamoClient` sends it as often as it must.
struct DynamoRequest: Sendable, Equatable {
    /// The operation: `GetItem`, `CreateTable`.
    let target: String
    /// The operation's input as JSON.
    let body: [UInt8]
    /// Whether it may be sent again when a first attempt may have happened. True, as AWS's SDKs have it, for reads and for writes that
    /// find their own first attempt; false for one that would do twice what was asked for once. What was throttled is sent again anyway.
    var isRepeatable = true
    /// When its own caller stops waiting, if that is sooner than what it is sent with.
    var deadline = MonotonicTime.distantFuture
}
