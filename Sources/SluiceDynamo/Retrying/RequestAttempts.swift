import SluiceBackend

/// One request over all its attempts: outcomes in, what to do next out. A value without clock, randomness or transport; the client has one
/// for each request.
struct RequestAttempts: Sendable {
    /// What to do next.
    enum Step: Sendable, Equatable {
        /// Send it now.
        case send
        /// Send it then.
        case pause(until: MonotonicTime)
        /// Answer the caller.
        case finish(Result<DynamoReply, DynamoFailure>)
    }

    /// How much earlier than asked the transport's timer may go off, milliseconds.
    private static let grainMilliseconds = 10

    let deadline: MonotonicTime
    private let isRepeatable: Bool
    private let policy: RetryPolicy
    private var attempts = 0
    /// What the last retry took from the budget.
    private var cost: Int?
    private var mayHaveHappened = false
    private var hasCorrectedClock = false
    private var hasRenewedCredentials = false

    init(deadline: MonotonicTime, isRepeatable: Bool, policy: RetryPolicy) {
        self.deadline = deadline
        self.isRepeatable = isRepeatable
        self.policy = policy
    }

    /// An attempt goes out.
    mutating func sent() { attempts += 1 }

    /// The deadline came while it waited to be sent.
    func deadlinePassed() -> Step { .finish(.failure(failure(.deadline, ServiceError(message: "the deadline passed before it was sent")))) }

    /// There is nothing to sign it with.
    func unsigned(_ failure: CredentialFailure) -> Step {
        .finish(.failure(self.failure(.credentials, ServiceError(message: failure.message))))
    }

    /// An attempt ended.
    /// - Parameters:
    ///   - random: from 0 up to 1, drawn for this call.
    ///   - budget: pays for the retry.
    mutating func ended(_ outcome: AttemptOutcome, now: MonotonicTime, random: Double, budget: RetryBudget) -> Step {
        switch outcome {
        case .answered(let body):
            budget.give(back: cost)
            return .finish(.success(DynamoReply(body: body, attempts: attempts)))
        case .refused(let error, let body):
            return .finish(.failure(failure(.service, error, body)))
        case .throttled(let error, let body, let wish):
            return again(failure(.throttled, error, body), isThrottled: true, wish, now, random, budget)
        case .transient(let error, let body, let wish):
            mayHaveHappened = true
            return again(failure(.transient, error, body), isThrottled: false, wish, now, random, budget)
        case .credentialsRefused(let error):
            let failure = failure(.credentials, error)
            defer { hasRenewedCredentials = true }
            return hasRenewedCredentials || now >= deadline ? .finish(.failure(failure)) : .send
        case .skewed(let error, _):
            let failure = failure(.credentials, error)
            defer { hasCorrectedClock = true }
            return hasCorrectedClock || now >= deadline ? .finish(.failure(failure)) : .send
        case .lost(let lost):
            if lost.wasSent { mayHaveHappened = true }
            let isOver = lost.timedOut && now.advanced(milliseconds: Self.grainMilliseconds) >= deadline
            let failure = failure(isOver ? .deadline : .transport, ServiceError(message: lost.message))
            return isOver || lost.isFinal ? .finish(.failure(failure)) : again(failure, isThrottled: false, nil, now, random, budget)
        }
    }

    /// Another attempt after a pause, if there may be one and the pause ends before the deadline.
    private mutating func again(
        _ failure: DynamoFailure, isThrottled: Bool, _ wish: Int?, _ now: MonotonicTime, _ random: Double, _ budget: RetryBudget
    ) -> Step {
        let pause = policy.pauseMilliseconds(after: attempts, isThrottled: isThrottled, wish: wish, random: random)
        let time = now.advanced(milliseconds: pause)
        let price = isThrottled ? policy.throttledCost : policy.transientCost
        guard isRepeatable || !mayHaveHappened, attempts < policy.maxAttempts, time < deadline, budget.take(price) else {
            return .finish(.failure(failure))
        }
        cost = price
        return .pause(until: time)
    }

    private func failure(_ kind: DynamoFailure.Kind, _ error: ServiceError, _ body: [UInt8] = []) -> DynamoFailure {
        DynamoFailure(
            name: error.name, message: error.message, kind: kind, mayHaveHappened: mayHaveHappened, attempts: attempts, body: body)
    }
}
