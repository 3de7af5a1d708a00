import SluiceBackend
import SluiceProtocol

/// Makes HTTP requests of DynamoDB's, signed. A value; each `DynamoClient` has one.
struct RequestSigner {
    private let endpoint: DynamoEndpoint
    private let policy: RetryPolicy
    private var signature: SignatureV4
    /// How far the server's clock is ahead of the machine's, milliseconds; learned when a signature was refused for its time.
    private var clockOffsetMilliseconds: Int64 = 0

    init(endpoint: DynamoEndpoint, region: String, policy: RetryPolicy) {
        self.endpoint = endpoint
        self.policy = policy
        signature = SignatureV4(region: region, service: "dynamodb")
    }

    /// The server's time, which its signatures are checked by.
    func time(at now: Timestamp) -> Timestamp { Timestamp(milliseconds: now.milliseconds + clockOffsetMilliseconds) ?? now }

    /// From now on signs by the server's clock.
    mutating func setClock(to server: Timestamp, at now: Timestamp) { clockOffsetMilliseconds = server.milliseconds - now.milliseconds }

    /// The request as it goes out.
    /// - Parameter remainingMilliseconds: the time left until the deadline.
    mutating func signed(
        _ request: DynamoRequest, _ credentials: AWSCredentials, at time: Timestamp, remainingMilliseconds: Int
    ) -> HTTPRequest {
        var headers = [
            HTTPHeader("host", endpoint.host), HTTPHeader("content-type", "application/x-amz-json-1.0"),
            HTTPHeader("x-amz-date", SignatureV4.text(time)), HTTPHeader("x-amz-target", "DynamoDB_20120810.\(request.target)"),
        ]
        if let token = credentials.sessionToken { headers.append(HTTPHeader("x-amz-security-token", token)) }
        let signable = SignableRequest(method: "POST", headers: headers, body: request.body)
        headers.append(HTTPHeader("authorization", signature.authorization(signable, credentials, at: time)))
        return HTTPRequest(
            method: "POST", url: endpoint.url, headers: headers, body: request.body,
            connectMilliseconds: min(policy.connectMilliseconds, remainingMilliseconds),
            timeoutMilliseconds: min(policy.attemptMilliseconds, remainingMilliseconds))
    }
}
