import SluiceBackend
import SluiceProtocol

/// Sends requests to DynamoDB and waits for their answers: signs them, several at once, and again where that is right. Owned by one worker
/// thread; credentials and the budget for retries are shared by all workers.
final class DynamoClient {
    private let endpoint: DynamoEndpoint
    private let credentials: CredentialChain
    private let transport: HTTPTransport
    private var signature: SignatureV4

    init(settings: DynamoSettings, credentials: CredentialChain, budget: RetryBudget) throws(SluiceError) {
        endpoint =
            try settings.endpoint.map { url throws(SluiceError) in try DynamoEndpoint(url: url) } ?? DynamoEndpoint(region: settings.region)
        self.credentials = credentials
        transport = HTTPTransport(HTTPSettings(usesProxy: endpoint.isAWS))
        signature = SignatureV4(region: settings.region, service: "dynamodb")
    }

    /// Sends all requests and waits until each has its answer or its failure.
    /// - Returns: one result for each request, in order.
    func send(_ requests: [DynamoRequest], deadline: MonotonicTime) -> [Result<DynamoReply, DynamoFailure>] {
        var results = [Result<DynamoReply, DynamoFailure>?](repeating: nil, count: requests.count)
        var next = 0
        while next < requests.count || transport.isBusy {
            while next < requests.count, transport.hasRoom {
                do throws(CredentialFailure) {
                    let credentials = try credentials.credentials(deadline: deadline)
                    transport.start(signed(requests[next], credentials, deadline: deadline), tag: next)
                } catch {
                    results[next] = .failure(DynamoFailure(message: error.message, kind: .credentials))
                }
                next += 1
            }
            for (tag, result) in transport.advance(until: deadline) { results[tag] = outcome(result) }
        }
        return results.map { $0! }
    }

    private func signed(_ request: DynamoRequest, _ credentials: AWSCredentials, deadline: MonotonicTime) -> HTTPRequest {
        let time = Timestamp.now
        var headers = [
            HTTPHeader("host", endpoint.host), HTTPHeader("content-type", "application/x-amz-json-1.0"),
            HTTPHeader("x-amz-date", SignatureV4.text(time)), HTTPHeader("x-amz-target", "DynamoDB_20120810.\(request.target)"),
        ]
        if let token = credentials.sessionToken { headers.append(HTTPHeader("x-amz-security-token", token)) }
        let signable = SignableRequest(method: "POST", headers: headers, body: request.body)
        headers.append(HTTPHeader("authorization", signature.authorization(signable, credentials, at: time)))
        let now = MonotonicTime.now
        let rest = deadline > now ? Int(min(10_000, (deadline.nanoseconds - now.nanoseconds) / 1_000_000)) : 0
        return HTTPRequest(
            method: "POST", url: endpoint.url, headers: headers, body: request.body, connectMilliseconds: min(rest, 3_100),
            timeoutMilliseconds: rest)
    }

    private func outcome(_ result: Result<HTTPReply, HTTPFailure>) -> Result<DynamoReply, DynamoFailure> {
        switch result {
        case .success(let reply) where reply.status == 200: return .success(DynamoReply(body: reply.body, attempts: 1))
        case .success(let reply):
            let error = ServiceError(reply.body)
            return .failure(
                DynamoFailure(
                    name: error.name, message: error.message, kind: reply.status < 500 ? .service : .transient,
                    mayHaveHappened: reply.status >= 500, attempts: 1, body: reply.body))
        case .failure(let failure):
            return .failure(
                DynamoFailure(
                    message: failure.message, kind: failure.timedOut ? .deadline : .transport, mayHaveHappened: failure.wasSent, attempts: 1
                ))
        }
    }
}
