import SluiceBackend
import SluiceProtocol

/// The requests of one `DynamoClient.send` on their way to their results: which can go out, which pause, which are done. A value without
/// clock or transport.
struct RequestRound {
    /// What the latest attempt was signed with.
    struct Signing {
        let credentials: AWSCredentials
        let time: Timestamp
    }

    let requests: [DynamoRequest]
    private var attempts: [RequestAttempts]
    private var signings: [Signing?]
    private var finished: [Result<DynamoReply, DynamoFailure>?]
    private var unfinished: Int
    /// Indexes of requests, the next one last.
    private var ready: [Int]
    private var pauses: [(end: MonotonicTime, index: Int)] = []

    init(_ requests: [DynamoRequest], deadline: MonotonicTime, policy: RetryPolicy) {
        self.requests = requests
        attempts = requests.map {
            RequestAttempts(deadline: min($0.deadline, deadline), isRepeatable: $0.isRepeatable, policy: policy)
        }
        signings = Array(repeating: nil, count: requests.count)
        finished = Array(repeating: nil, count: requests.count)
        unfinished = requests.count
        ready = requests.indices.reversed()
    }

    /// Whether each request has its result.
    var isOver: Bool { unfinished == 0 }

    /// The results in the requests' order, once it is over.
    var results: [Result<DynamoReply, DynamoFailure>] { finished.map { $0! } }

    /// When the next pause ends; nil when nothing pauses.
    var nextPauseEnd: MonotonicTime? { pauses.map(\.end).min() }

    /// The next request to go out, which the caller then starts or gives up.
    mutating func takeReady() -> Int? { ready.popLast() }

    /// Requests whose pause is over can go out again, before those that never have: they wait longest.
    mutating func endPauses(now: MonotonicTime) {
        ready += pauses.filter { $0.end <= now }.map(\.index)
        pauses.removeAll { $0.end <= now }
    }

    /// When a request's caller stops waiting.
    func deadline(of index: Int) -> MonotonicTime { attempts[index].deadline }

    /// The request goes out.
    mutating func sent(_ index: Int, _ signing: Signing) {
        signings[index] = signing
        attempts[index].sent()
    }

    /// What the request's latest attempt was signed with.
    func signing(_ index: Int) -> Signing { signings[index]! }

    /// The request's turn came after the deadline.
    mutating func deadlinePassed(_ index: Int) { take(attempts[index].deadlinePassed(), index) }

    /// The request's turn came, and there is nothing to sign it with.
    mutating func unsigned(_ index: Int, _ failure: CredentialFailure) { take(attempts[index].unsigned(failure), index) }

    /// The request's attempt ended.
    mutating func ended(_ index: Int, _ outcome: AttemptOutcome, now: MonotonicTime, random: Double, budget: RetryBudget) {
        take(attempts[index].ended(outcome, now: now, random: random, budget: budget), index)
    }

    private mutating func take(_ step: RequestAttempts.Step, _ index: Int) {
        switch step {
        case .send: ready.append(index)
        case .pause(let end): pauses.append((end, index))
        case .finish(let result):
            finished[index] = result
            unfinished -= 1
        }
    }
}
