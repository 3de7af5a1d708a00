import SluiceBackend
import SluiceProtocol
import SluiceTesting

@testable import SluiceDynamo

/// Clients as tests want them: with credentials of their own, and pauses that are short.
enum ClientFixture {
    static let credentials = AWSCredentials(
        accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", sessionToken: "TOKENEXAMPLE")

    /// Retries without the seconds between them.
    static var policy: RetryPolicy {
        var policy = RetryPolicy()
        policy.throttledPauseMilliseconds = 10
        return policy
    }

    /// Sends on a thread of its own, with a new client.
    static func send(
        _ requests: [DynamoRequest], to url: String, budget: RetryBudget = RetryBudget(policy), milliseconds: Int = 60_000
    ) async throws -> [Result<DynamoReply, DynamoFailure>] {
        try await send([requests], to: url, budget: budget, milliseconds: milliseconds)[0]
    }

    /// Sends several rounds, one after the other, with one new client.
    static func send(
        _ rounds: [[DynamoRequest]], to url: String, budget: RetryBudget = RetryBudget(policy), milliseconds: Int = 60_000
    ) async throws -> [[Result<DynamoReply, DynamoFailure>]] {
        try await blocking {
            let client = try client(url, CredentialChain([FixedCredentials(credentials: credentials)]), budget)
            return rounds.map { client.send($0, deadline: MonotonicTime.now.advanced(milliseconds: milliseconds)) }
        }
    }

    static func client(_ url: String, _ chain: CredentialChain, _ budget: RetryBudget = RetryBudget(policy)) throws -> DynamoClient {
        let settings = DynamoSettings(region: "us-east-1", endpoint: url, connections: 1)
        return try DynamoClient(settings: settings, credentials: chain, budget: budget)
    }

    static func request(_ target: String, _ body: String = "{}", isRepeatable: Bool = true) -> DynamoRequest {
        DynamoRequest(target: target, body: Array(body.utf8), isRepeatable: isRepeatable)
    }
}
