import SluiceBackend
import SluiceProtocol

/// A small HTTP server near the process that hands out credentials: a container's agent or the instance's metadata. Asked within short
/// bounds, never through a proxy.
struct CredentialServer {
    /// The longest answer taken, bytes.
    static let maxReplyBytes = 64 << 10
    /// The longest that one question may take unless said otherwise, milliseconds, as AWS's SDKs have it.
    static let timeoutMilliseconds = 1_000
    /// How often a question is asked.
    static let maxAttempts = 2

    /// For people.
    let name: String
    let deadline: MonotonicTime
    /// The longest that one question may take, connecting included, milliseconds.
    let timeoutMilliseconds: Int
    private let transport = HTTPTransport(HTTPSettings(maxInFlight: 1, maxReplyBytes: maxReplyBytes))

    init(name: String, deadline: MonotonicTime, timeoutMilliseconds: Int) {
        self.name = name
        self.deadline = deadline
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    /// Asks, and once more when there is no answer or the server fails.
    /// - Throws: when there is still none; the message holds no URL, which may hold a secret.
    func ask(_ method: String = "GET", _ url: String, _ headers: [HTTPHeader] = []) throws(CredentialFailure) -> HTTPReply {
        var problem = "the time is over"
        for _ in 0..<Self.maxAttempts {
            let milliseconds = min(timeoutMilliseconds, MonotonicTime.now.milliseconds(until: deadline))
            guard milliseconds > 0 else { break }
            let request = HTTPRequest(
                method: method, url: url, headers: headers, connectMilliseconds: milliseconds, timeoutMilliseconds: milliseconds)
            switch transport.perform(request) {
            case .success(let reply) where reply.status < 500: return reply
            case .success(let reply): problem = "HTTP status \(reply.status)"
            case .failure(let failure): problem = failure.message
            }
        }
        throw CredentialFailure(message: "\(name): \(problem)")
    }

    /// The credentials in an answer: `AccessKeyId`, `SecretAccessKey`, `Token`, `Expiration`.
    /// - Throws: when it is no such answer.
    func credentials(_ reply: HTTPReply) throws(CredentialFailure) -> AWSCredentials {
        guard reply.status == 200 else { throw CredentialFailure(message: "\(name): HTTP status \(reply.status)") }
        guard let document = Document(json: reply.body), let id = document.text("AccessKeyId"),
            let secret = document.text("SecretAccessKey"), let expiration = document.text("Expiration").map(Timestamp.init(text:))
        else { throw CredentialFailure(message: "\(name): an answer without credentials") }
        guard let expiration else { throw CredentialFailure(message: "\(name): credentials without a time of expiry that can be read") }
        return AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: document.text("Token"), expiration: expiration)
    }
}
