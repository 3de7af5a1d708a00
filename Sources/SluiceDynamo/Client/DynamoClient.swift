import SluiceBackend
import SluiceProtocol

/// Sends requests to DynamoDB and waits for their answers: several at once, and again where that is right. Owned by one worker thread;
/// credentials and the budget for retries are shared by all workers.
final class DynamoClient {
    private let credentials: CredentialChain
    private let budget: RetryBudget
    private let transport: HTTPTransport
    private var signer: RequestSigner

    /// - Throws: `invalidInput` when the settings' endpoint is none.
    init(settings: DynamoSettings, credentials: CredentialChain, budget: RetryBudget) throws(SluiceError) {
        let endpoint = try DynamoEndpoint(settings)
        self.credentials = credentials
        self.budget = budget
        transport = HTTPTransport(HTTPSettings(usesProxy: endpoint.isAWS, certificates: settings.certificates))
        signer = RequestSigner(endpoint: endpoint, region: settings.region, policy: budget.policy)
    }

    /// Sends all requests and waits until each has its answer or its failure, none much after the deadline. None is sent after its own.
    /// - Returns: one result for each request, in order.
    func send(_ requests: [DynamoRequest], deadline: MonotonicTime) -> [Result<DynamoReply, DynamoFailure>] {
        var round = RequestRound(requests, deadline: deadline, policy: budget.policy)
        while !round.isOver {
            round.endPauses(now: .now)
            while transport.hasRoom, let index = round.takeReady() { start(index, &round) }
            guard !round.isOver else { break }
            // What is under way ends by its own timeout.
            for (index, result) in transport.advance(until: round.nextPauseEnd ?? .distantFuture) { end(index, result, &round) }
        }
        return round.results
    }

    private func start(_ index: Int, _ round: inout RequestRound) {
        do throws(CredentialFailure) {
            let deadline = round.deadline(of: index)
            let credentials = try credentials.credentials(deadline: deadline)
            let remaining = MonotonicTime.now.milliseconds(until: deadline)
            // libcurl counts whole milliseconds, so that what it was given until the deadline may end within the last one before. Nothing
            // is begun in that: its outcome would only be unknown.
            guard remaining > 1 else { return round.deadlinePassed(index) }
            let time = signer.time(at: .now)
            let request = signer.signed(round.requests[index], credentials, at: time, remainingMilliseconds: remaining)
            round.sent(index, RequestRound.Signing(credentials: credentials, time: time))
            transport.start(request, tag: index)
        } catch {
            round.unsigned(index, error)
        }
    }

    private func end(_ index: Int, _ result: Result<HTTPReply, HTTPFailure>, _ round: inout RequestRound) {
        let signing = round.signing(index)
        let outcome = AttemptOutcome(result, signedAt: signing.time, policy: budget.policy)
        switch outcome {
        case .skewed(_, let server): signer.setClock(to: server, at: .now)
        case .credentialsRefused: credentials.discard(signing.credentials)
        default: break
        }
        round.ended(index, outcome, now: .now, random: .random(in: 0..<1), budget: budget)
    }
}
