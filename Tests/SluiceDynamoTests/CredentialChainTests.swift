import SluiceBackend
import SluiceProtocol
import SluiceTesting
import Synchronization
import Testing

@testable import SluiceDynamo

/// Which place counts, and that workers share what was found.
@Suite struct CredentialChainTests {
    private static let deadline = MonotonicTime.distantFuture
    private static let properties = ["AWSSecretKeyID": "CONFIGURED", "AWSSecretAccessKey": "S", "AWSSessionToken": "T"]

    private static func find(_ properties: [String: String], _ variables: [String: String]) async throws -> AWSCredentials {
        let chain = try CredentialChain(properties, environment: AWSEnvironment(variables))
        return try await blocking { try chain.credentials(deadline: deadline) }
    }

    @Test func placesAreAskedInTurn() async throws {
        let folder = TemporaryFolder()
        let file = { (name: String) in try folder.write("[default]\naws_access_key_id=\(name)\naws_secret_access_key=S\n", to: name) }
        let agent = try LoopbackServer { _ in
            .text(#"{"AccessKeyId":"AGENT","SecretAccessKey":"S","Token":"T","Expiration":"2099-01-01T00:00:00Z"}"#)
        }
        var variables = [
            "AWS_ACCESS_KEY_ID": "ENVIRONMENT", "AWS_SECRET_ACCESS_KEY": "S", "AWS_SHARED_CREDENTIALS_FILE": try file("SHARED"),
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": agent.url, "AWS_EC2_METADATA_DISABLED": "true",
        ]
        let named = ["credentials": try file("NAMED")]
        let both = Self.properties.merging(named) { $1 }
        #expect(
            try await Self.find(both, variables)
                == AWSCredentials(accessKeyID: "CONFIGURED", secretAccessKey: "S", sessionToken: "T"))
        #expect(try await Self.find(named, variables).accessKeyID == "NAMED")
        #expect(try await Self.find([:], variables).accessKeyID == "ENVIRONMENT")
        variables["AWS_ACCESS_KEY_ID"] = nil
        await #expect(throws: CredentialFailure.self) { try await Self.find([:], variables) }
        variables["AWS_SECRET_ACCESS_KEY"] = nil
        #expect(try await Self.find([:], variables).accessKeyID == "SHARED")
        variables["AWS_SHARED_CREDENTIALS_FILE"] = folder.path + "/none"
        // It has a second to answer, and another: too little on a machine that does much else.
        var found: AWSCredentials?
        for _ in 0..<20 where found == nil { found = try? await Self.find([:], variables) }
        #expect(found?.accessKeyID == "AGENT")
        variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = nil
        do {
            _ = try await Self.find([:], variables)
            throw Unexpected("credentials")
        } catch let failure as CredentialFailure {
            for place in ["the environment", "the profile 'default'", "the container's", "the instance metadata"] {
                #expect(failure.message.contains(place))
            }
        }
    }

    @Test func halfAKeyIsRefused() {
        for half in [["AWSSecretKeyID": "A"], ["AWSSecretAccessKey": "SECRETISH"]] {
            do throws(SluiceError) {
                _ = try CredentialChain(half, environment: AWSEnvironment([:]))
                Issue.record("half a key")
            } catch {
                #expect(error.code == .invalidInput && !error.message.contains("SECRETISH"))
            }
        }
    }

    /// A line end would make headers of what follows it.
    @Test func credentialsFitHeaders() async throws {
        for bad in ["A\r\nx: y", "A B", "Ä"] {
            await #expect(throws: CredentialFailure.self) {
                try await Self.find([:], ["AWS_ACCESS_KEY_ID": bad, "AWS_SECRET_ACCESS_KEY": "S"])
            }
        }
    }

    /// Many workers at once, one search; again when the credentials are near their end.
    @Test func workersShareASearch() async throws {
        let place = CountingPlace()
        let chain = CredentialChain([place])
        let workers = (0..<8).map { _ in
            Task { try await blocking { try chain.credentials(deadline: Self.deadline) } }
        }
        // All but one wait; that one is held until the others had their chance.
        while place.searches == 0 { try await Task.sleep(for: .milliseconds(1)) }
        try await Task.sleep(for: .milliseconds(20))
        place.release()
        for worker in workers { #expect(try await worker.value.accessKeyID == "FOUND") }
        #expect(place.searches == 1)
    }

    @Test func credentialsShowNothingOfThemselves() throws {
        let credentials = AWSCredentials(accessKeyID: "AKIDSHOWN", secretAccessKey: "SECRETISH", sessionToken: "TOKENISH")
        var dumped = ""
        dump(credentials, to: &dumped)
        dump(FixedCredentials(credentials: credentials), to: &dumped)
        for text in [
            "\(credentials)", String(reflecting: credentials), String(describing: [credentials]), "\(Optional(credentials) as Any)", dumped,
        ] {
            for part in ["AKIDSHOWN", "SECRETISH", "TOKENISH"] { #expect(!text.contains(part)) }
        }
    }
}

/// A place that holds its search until it is let go.
private final class CountingPlace: CredentialProvider {
    private let count = Mutex(0)
    private let gate = Gate(count: 2)

    var place: String { "a test" }
    var searches: Int { count.withLock { $0 } }

    func release() { gate.pass() }

    func credentials(deadline: MonotonicTime) -> AWSCredentials? {
        count.withLock { $0 += 1 }
        gate.pass()
        return AWSCredentials(accessKeyID: "FOUND", secretAccessKey: "S", expiration: Timestamp(milliseconds: 4_000_000_000_000))
    }
}
