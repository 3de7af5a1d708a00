import SluiceProtocol
import Testing

@testable import SluiceDynamo

/// What an answer means.
@Suite struct AttemptOutcomeTests {
    private static let signedAt = Timestamp(text: "2026-01-02T03:04:05Z")!

    private func outcome(_ status: Int, _ name: String, date: String? = nil, wish: Int? = nil) -> AttemptOutcome {
        let body = Array(#"{"__type":"com.amazonaws.dynamodb.v20120810#\#(name)","message":"why"}"#.utf8)
        let reply = HTTPReply(
            status: status, body: body, date: date.map { Timestamp(text: $0)! }, retryAfterMilliseconds: wish, requestID: "R1")
        return AttemptOutcome(.success(reply), signedAt: Self.signedAt, policy: RetryPolicy())
    }

    @Test(arguments: [
        "ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded", "TransactionInProgressException",
    ])
    func throttlingIsToldByItsName(_ name: String) {
        guard case .throttled(let error, _, 9) = outcome(400, name, wish: 9) else { return #expect(Bool(false)) }
        #expect(error == ServiceError(name: name, message: "why (request R1)"))
    }

    @Test(arguments: [500, 502, 503, 504]) func failuresOfTheServiceAreTransient(_ status: Int) {
        guard case .transient = outcome(status, "InternalServerError") else { return #expect(Bool(false)) }
    }

    /// What DynamoDB says counts, not only its status.
    @Test func throttlingMayComeWithAnyStatus() {
        guard case .throttled = outcome(503, "ThrottlingException") else { return #expect(Bool(false)) }
        guard case .throttled = outcome(429, "Whatever") else { return #expect(Bool(false)) }
    }

    @Test(arguments: [
        "ConditionalCheckFailedException", "ValidationException", "ResourceNotFoundException", "AccessDeniedException",
        "TransactionCanceledException",
    ])
    func refusalsAreFinal(_ name: String) {
        guard case .refused(let error, let body) = outcome(400, name) else { return #expect(Bool(false)) }
        #expect(error.name == name && !body.isEmpty)
    }

    @Test(arguments: ["ExpiredTokenException", "UnrecognizedClientException", "MissingAuthenticationTokenException"])
    func refusedCredentialsAreToldByTheirNames(_ name: String) {
        guard case .credentialsRefused(let error) = outcome(400, name) else { return #expect(Bool(false)) }
        #expect(error == ServiceError(name: name, message: "AWS does not take the credentials (request R1)"))
    }

    /// A refused signature is the clock's fault only when the clocks differ.
    @Test func aSkewedClockIsToldByTheDate() {
        let name = "InvalidSignatureException"
        guard case .skewed(_, let time) = outcome(400, name, date: "2026-01-02T03:09:05Z") else { return #expect(Bool(false)) }
        #expect(time.description == "2026-01-02T03:09:05.000Z")
        guard case .skewed = outcome(400, name, date: "2026-01-02T02:59:05Z") else { return #expect(Bool(false)) }
        guard case .credentialsRefused = outcome(400, name, date: "2026-01-02T03:04:09Z") else { return #expect(Bool(false)) }
        guard case .credentialsRefused = outcome(400, name) else { return #expect(Bool(false)) }
        guard case .refused = outcome(400, "ValidationException", date: "2026-01-02T03:09:05Z") else { return #expect(Bool(false)) }
    }

    @Test(arguments: ["", "<html>", "[1]", "null", "{", #"{"__type":7}"#, "{\"__type\":\"A\",\"__type\":\"B\"}"])
    func anAnswerThatIsNoneOfDynamoDBsHasNoName(_ body: String) {
        let reply = HTTPReply(status: 403, body: Array(body.utf8))
        let outcome = AttemptOutcome(.success(reply), signedAt: Self.signedAt, policy: RetryPolicy())
        #expect(outcome == .refused(ServiceError(name: "", message: "HTTP status 403"), body: Array(body.utf8)))
    }

    @Test func namesComeWithAndWithoutANamespace() {
        func error(_ body: String) -> ServiceError { ServiceError(HTTPReply(status: 400, body: Array(body.utf8))) }
        #expect(error(#"{"__type":"ValidationException","Message":"so"}"#) == ServiceError(name: "ValidationException", message: "so"))
        #expect(error(#"{"__type":"a.b#ValidationException","message":null}"#).name == "ValidationException")
        #expect(error(#"{"__type":"a#"}"#).name == "")
    }
}
