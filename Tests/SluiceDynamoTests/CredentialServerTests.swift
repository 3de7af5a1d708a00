import SluiceBackend
import SluiceTesting
import Synchronization
import Testing

@testable import SluiceDynamo

/// Credentials from a container's agent and from instance metadata, played by servers of the tests' own.
@Suite struct CredentialServerTests {
    private static let answer = """
        {"Code":"Success","AccessKeyId":"AKID","SecretAccessKey":"secret","Token":"token","Expiration":"2026-01-02T03:04:05Z","Other":1}
        """

    /// Longer than a loaded machine takes.
    private static let patienceMilliseconds = 60_000

    private static func agent(_ environment: AWSEnvironment) -> ContainerCredentials {
        ContainerCredentials(environment: environment, timeoutMilliseconds: patienceMilliseconds)
    }

    private static func instance(_ environment: AWSEnvironment) -> InstanceMetadata {
        InstanceMetadata(environment: environment, timeoutMilliseconds: patienceMilliseconds)
    }

    private static func find(_ provider: some CredentialProvider) async throws -> AWSCredentials? {
        try await blocking { try provider.credentials(deadline: MonotonicTime.now.advanced(milliseconds: 60_000)) }
    }

    private static func isExpected(_ credentials: AWSCredentials?) -> Bool {
        credentials?.accessKeyID == "AKID" && credentials?.secretAccessKey == "secret" && credentials?.sessionToken == "token"
            && credentials?.expiration?.description == "2026-01-02T03:04:05.000Z"
    }

    // The container's agent.

    @Test func theAgentIsAskedByPath() async throws {
        let server = try LoopbackServer { request in
            request.method == "GET" && request.path == "/v2/credentials?id=1" ? .text(Self.answer) : .text("", status: 404)
        }
        let environment = AWSEnvironment(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials?id=1"])
        let provider = ContainerCredentials(
            environment: environment, relativeOrigin: server.url, timeoutMilliseconds: Self.patienceMilliseconds)
        #expect(Self.isExpected(try await Self.find(provider)))
    }

    @Test func theAgentIsAskedByURLWithItsToken() async throws {
        let folder = TemporaryFolder()
        let path = try folder.write("from the file\n", to: "token")
        let server = try LoopbackServer { request in
            ["from the file", "given"].contains(request.headers["authorization"]) ? .text(Self.answer) : .text("", status: 401)
        }
        for token in [["AWS_CONTAINER_AUTHORIZATION_TOKEN": "given"], ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": path]] {
            let variables = token.merging(["AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url + "/creds"]) { $1 }
            #expect(Self.isExpected(try await Self.find(Self.agent(AWSEnvironment(variables)))))
        }
        let none = AWSEnvironment(["AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url])
        await #expect(throws: CredentialFailure(message: "the container's credentials endpoint: HTTP status 401")) {
            try await Self.find(Self.agent(none))
        }
    }

    @Test(arguments: [
        "http://example.com/", "http://10.0.0.1/", "http://127.0.0.1@example.com/", "http://127.0.0.1.example.com/",
        "http://localhost.example.com/",
        "ftp://127.0.0.1/", "http://[::2]/", "127.0.0.1",
    ])
    func theAgentIsNear(_ url: String) async throws {
        let environment = AWSEnvironment(["AWS_CONTAINER_CREDENTIALS_FULL_URI": url, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "SECRETISH"])
        await #expect(throws: CredentialFailure.self) { try await Self.find(Self.agent(environment)) }
    }

    @Test func aTokenCannotMakeHeaders() async throws {
        let server = try LoopbackServer { _ in .text(Self.answer) }
        let environment = AWSEnvironment([
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "a\r\nx: y",
        ])
        await #expect(throws: CredentialFailure.self) { try await Self.find(Self.agent(environment)) }
        #expect(server.requests == 0)
    }

    @Test func withoutAnAgentThereIsNone() async throws {
        #expect(try await Self.find(ContainerCredentials(environment: AWSEnvironment([:]))) == nil)
    }

    @Test(arguments: [
        "", "{}", "[]", #"{"AccessKeyId":"AKID","SecretAccessKey":"SECRETISH"}"#,
        #"{"AccessKeyId":"AKID","SecretAccessKey":"SECRETISH","Expiration":"soon"}"#,
    ])
    func anAnswerWithoutCredentialsIsNone(_ answer: String) async throws {
        let server = try LoopbackServer { _ in .text(answer) }
        let environment = AWSEnvironment(["AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url])
        do {
            _ = try await Self.find(Self.agent(environment))
            throw Unexpected("credentials")
        } catch let failure as CredentialFailure {
            #expect(!failure.message.contains("SECRETISH") && failure.message.hasPrefix("the container's credentials endpoint:"))
        }
    }

    @Test func aServerThatFailsIsAskedTwice() async throws {
        let isSecond = Atomic(false)
        let failing = try LoopbackServer { _ in isSecond.exchange(true, ordering: .relaxed) ? .text(Self.answer) : .text("", status: 500) }
        let environment = AWSEnvironment(["AWS_CONTAINER_CREDENTIALS_FULL_URI": failing.url])
        #expect(Self.isExpected(try await Self.find(Self.agent(environment))))
        let broken = try LoopbackServer { _ in .cut }
        await #expect(throws: CredentialFailure.self) {
            try await Self.find(
                Self.agent(AWSEnvironment(["AWS_CONTAINER_CREDENTIALS_FULL_URI": broken.url])))
        }
        #expect(broken.requests == CredentialServer.maxAttempts)
    }

    // The instance's metadata.

    private static func metadata(_ answer: String = answer) throws -> LoopbackServer {
        try LoopbackServer { request in
            switch (request.method, request.path) {
            case ("PUT", "/latest/api/token"):
                return request.headers["x-aws-ec2-metadata-token-ttl-seconds"] == "21600" ? .text("TOKEN") : .text("", status: 400)
            case _ where request.headers["x-aws-ec2-metadata-token"] != "TOKEN": return .text("", status: 401)
            case ("GET", "/latest/meta-data/iam/security-credentials/"): return .text("role-name\n")
            case ("GET", "/latest/meta-data/iam/security-credentials/role-name"): return .text(answer)
            default: return .text("", status: 404)
            }
        }
    }

    private static func environment(_ server: LoopbackServer, disabled: String = "") -> AWSEnvironment {
        AWSEnvironment(["AWS_EC2_METADATA_SERVICE_ENDPOINT": server.url + "/", "AWS_EC2_METADATA_DISABLED": disabled])
    }

    @Test func theInstanceIsAskedWithAToken() async throws {
        let server = try Self.metadata()
        #expect(Self.isExpected(try await Self.find(Self.instance(Self.environment(server)))))
        #expect(server.requests == 3 && server.connections == 1)
    }

    @Test(arguments: ["true", "TRUE", "True"]) func theInstanceIsNotAskedWhenThatIsForbidden(_ disabled: String) async throws {
        let server = try Self.metadata()
        #expect(try await Self.find(Self.instance(Self.environment(server, disabled: disabled))) == nil)
        #expect(server.connections == 0)
    }

    @Test func anInstanceWithoutARoleHasNone() async throws {
        let server = try LoopbackServer { request in request.method == "PUT" ? .text("TOKEN") : .text("", status: 404) }
        #expect(try await Self.find(Self.instance(Self.environment(server))) == nil)
    }

    /// Version 1, which knows no tokens, is not fallen back to.
    @Test func anInstanceWithoutTokensHasNone() async throws {
        let server = try LoopbackServer { request in request.method == "PUT" ? .text("", status: 404) : .text(Self.answer) }
        #expect(try await Self.find(Self.instance(Self.environment(server))) == nil)
        #expect(server.requests == 1)
    }

    @Test func nobodyThereIsNoInstance() async throws {
        let port = try LoopbackSocket.freePort()
        let environment = AWSEnvironment(["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:\(port)"])
        #expect(try await Self.find(Self.instance(environment)) == nil)
    }

    @Test func aSilentInstanceIsAskedTwiceAndNoMore() async throws {
        let server = try LoopbackServer { _ in .stall }
        #expect(try await Self.find(InstanceMetadata(environment: Self.environment(server), timeoutMilliseconds: 3_000)) == nil)
        #expect(server.requests == CredentialServer.maxAttempts)
    }

    @Test func aRoleThatIsBrokenIsSaid() async throws {
        let server = try Self.metadata(#"{"Code":"AssumeRoleUnauthorizedAccess","Message":"no"}"#)
        await #expect(throws: CredentialFailure(message: "the instance metadata: an answer without credentials")) {
            try await Self.find(Self.instance(Self.environment(server)))
        }
    }
}
