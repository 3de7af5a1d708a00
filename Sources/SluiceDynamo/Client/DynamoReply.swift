/// What DynamoDB answered to a request that succeeded.
struct DynamoReply: Sendable, Equatable {
    /// The operation's output as JSON.
    let body: [UInt8]
    /// How many times the request was sent, 1 for most.
    let attempts: Int
}
