/// Why a request has no reply, and whether it may have been carried out all the same. Holds no credential and no URL.
struct DynamoFailure: Error, Sendable, Equatable {
    /// What a caller does next depends on this.
    enum Kind: Sendable, Equatable {
        /// DynamoDB refused: `name` says why. Sending the same again changes nothing.
        case service
        /// Too much was asked of the table or the account, in each attempt.
        case throttled
        /// DynamoDB failed (HTTP 500 and the like), in each attempt.
        case transient
        /// No answer came: no connection, a broken one, an answer that is none of DynamoDB's.
        case transport
        /// The deadline came first.
        case deadline
        /// There are no credentials, or DynamoDB does not take them.
        case credentials
    }

    /// DynamoDB's name of the error, what stands after `#` in `__type`: `ConditionalCheckFailedException`. Empty when it named none.
    var name = ""
    /// For people.
    let message: String
    let kind: Kind
    /// Whether some attempt may have been carried out: it went out, at least in part, and was neither answered nor refused. True also for a
    /// `service` failure whose first attempt got lost, such as a conditional put that met its own item.
    var mayHaveHappened = false
    /// How many times the request was sent.
    var attempts = 0
    /// DynamoDB's own answer, JSON; empty when none came.
    var body: [UInt8] = []
}
