import SluiceProtocol

/// What came of sending a request once. A value made of the transport's answer.
enum AttemptOutcome: Sendable, Equatable {
    /// It was carried out.
    case answered([UInt8])
    /// It was not carried out, and another time will not be.
    case refused(ServiceError, body: [UInt8])
    /// It was not carried out, since there was too much.
    case throttled(ServiceError, body: [UInt8], wishMilliseconds: Int?)
    /// The service failed at it, and may have carried it out.
    case transient(ServiceError, body: [UInt8], wishMilliseconds: Int?)
    /// It was not carried out, since the service does not take the credentials.
    case credentialsRefused(ServiceError)
    /// It was not carried out, since the clocks differ; with the server's time.
    case skewed(ServiceError, serverTime: Timestamp)
    /// There was no answer.
    case lost(HTTPFailure)

    /// Reads an answer.
    /// - Parameters:
    ///   - signedAt: the time in the request's signature.
    ///   - policy: which difference of clocks matters.
    init(_ result: Result<HTTPReply, HTTPFailure>, signedAt: Timestamp, policy: RetryPolicy) {
        switch result {
        case .failure(let failure): self = .lost(failure)
        case .success(let reply) where reply.status == 200: self = .answered(reply.body)
        case .success(let reply): self.init(failed: reply, signedAt: signedAt, policy: policy)
        }
    }

    private init(failed reply: HTTPReply, signedAt: Timestamp, policy: RetryPolicy) {
        let error = ServiceError(reply)
        if ServiceError.mayBeAboutTime(error.name), let date = reply.date,
            abs(date.milliseconds - signedAt.milliseconds) > policy.skewMilliseconds
        {
            self = .skewed(error, serverTime: date)
        } else if Self.throttlingNames.contains(error.name) || reply.status == 429 {
            self = .throttled(error, body: reply.body, wishMilliseconds: reply.retryAfterMilliseconds)
        } else if ServiceError.isAboutCredentials(error.name) {
            self = .credentialsRefused(error)
        } else if [500, 502, 503, 504, 408].contains(reply.status) || Self.transientNames.contains(error.name) {
            self = .transient(error, body: reply.body, wishMilliseconds: reply.retryAfterMilliseconds)
        } else {
            self = .refused(error, body: reply.body)
        }
    }

    /// The throttling errors of the SDKs' standard mode, less those that other services alone have.
    private static let throttlingNames: Set = [
        "ProvisionedThroughputExceededException", "ThrottlingException", "Throttling", "ThrottledException", "RequestThrottled",
        "RequestThrottledException", "TooManyRequestsException", "RequestLimitExceeded", "TransactionInProgressException",
        "LimitExceededException", "ThrottlingError",
    ]
    private static let transientNames: Set = ["RequestTimeout", "RequestTimeoutException", "InternalServerError", "InternalFailure"]
}
