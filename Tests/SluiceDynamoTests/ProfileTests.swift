import SluiceBackend
import SluiceTesting
import Testing

@testable import SluiceDynamo

/// The shared credentials and config files.
@Suite struct ProfileTests {
    private static let deadline = MonotonicTime.distantFuture

    @Test func readsTheFormat() {
        let text = """
            # comment
            stray = 1
            [default]
            aws_access_key_id=AKID1
            AWS_Secret_Access_Key = a/b+c=#d   # comment
            region = eu-west-1 ; comment
            s3 =
              region = nested
            ; comment

            [ other ]\r
            aws_access_key_id = AKID2\r
            aws_session_token =
            [broken
            aws_access_key_id = AKID3
            [default]
            aws_session_token = T
            """
        let file = ProfileFile(text, isConfig: false)
        #expect(
            file["default"] == [
                "aws_access_key_id": "AKID1", "aws_secret_access_key": "a/b+c=#d", "region": "eu-west-1", "s3": "",
                "aws_session_token": "T",
            ])
        #expect(file["other"] == ["aws_access_key_id": "AKID2", "aws_session_token": ""])
        #expect(file["broken"] == nil)
    }

    @Test func theConfigFileNamesItsProfiles() {
        let file = ProfileFile(
            "[default]\na=1\n[profile one]\na=2\n[one]\na=3\n[sso-session two]\na=4\n[profile  three ]\na=5", isConfig: true)
        #expect(file["default"] == ["a": "1"] && file["one"] == ["a": "2"] && file["three"] == ["a": "5"])
        #expect(file["two"] == nil && file["sso-session two"] == nil)
    }

    @Test func bothFilesMakeAProfile() throws {
        let folder = TemporaryFolder()
        _ = try folder.write("[p]\naws_access_key_id=A\naws_secret_access_key=S\n", to: "credentials")
        _ = try folder.write("[profile p]\nregion=eu-west-1\naws_access_key_id=B\naws_secret_access_key=R\n", to: "config")
        let environment = AWSEnvironment([
            "AWS_SHARED_CREDENTIALS_FILE": folder.path + "/credentials", "AWS_CONFIG_FILE": folder.path + "/config", "AWS_PROFILE": "p",
        ])
        let files = SharedFiles(credentialsFile: nil, profile: nil, environment: environment)
        #expect(
            try ProfileCredentials(files: files).credentials(deadline: Self.deadline)
                == AWSCredentials(accessKeyID: "A", secretAccessKey: "S"))
        #expect(try DynamoSettings([:], connections: 1, environment: environment).region == "eu-west-1")
        let other = SharedFiles(credentialsFile: nil, profile: "q", environment: environment)
        #expect(throws: CredentialFailure.self) { try ProfileCredentials(files: other).credentials(deadline: Self.deadline) }
    }

    @Test func whatNobodyAskedForMayBeAbsent() throws {
        let folder = TemporaryFolder()
        let files = SharedFiles(credentialsFile: nil, profile: nil, environment: AWSEnvironment(["HOME": folder.path]))
        #expect(files.credentialsPath == folder.path + "/.aws/credentials" && files.configPath == folder.path + "/.aws/config")
        #expect(try ProfileCredentials(files: files).credentials(deadline: Self.deadline) == nil)
        let asked = SharedFiles(credentialsFile: folder.path + "/none", profile: nil, environment: AWSEnvironment([:]))
        #expect(throws: CredentialFailure.self) { try ProfileCredentials(files: asked).credentials(deadline: Self.deadline) }
    }

    @Test(arguments: [
        ("aws_access_key_id=SECRETISH", "only one of"), ("role_arn=SECRETISH", "role_arn"),
        ("credential_process=SECRETISH", "credential_process"), ("sso_session=SECRETISH", "sso_session"),
        ("x=SECRETISH", "aws_access_key_id"),
    ])
    func whatCannotBeUsedIsNamed(_ line: String, _ complaint: String) throws {
        let folder = TemporaryFolder()
        let path = try folder.write("[default]\n\(line)\n", to: "credentials")
        let files = SharedFiles(credentialsFile: path, profile: nil, environment: AWSEnvironment([:]))
        do throws(CredentialFailure) {
            _ = try ProfileCredentials(files: files).credentials(deadline: Self.deadline)
            throw CredentialFailure(message: "")
        } catch {
            #expect(error.message.contains(complaint) && !error.message.contains("SECRETISH"))
        }
    }

    @Test func aFileThatCannotBeReadIsNamed() throws {
        let folder = TemporaryFolder()
        #expect(throws: CredentialFailure(message: "\(folder.path): Is a directory")) { try SmallFile.text(folder.path) }
        let path = try folder.write(String(repeating: "x", count: SmallFile.maxBytes + 1), to: "long")
        #expect(throws: CredentialFailure(message: "\(path) is longer than \(SmallFile.maxBytes) bytes")) { try SmallFile.text(path) }
        #expect(try SmallFile.text(path + "/below") == nil)
        #expect(try SmallFile.text(try folder.write("", to: "empty")) == "")
    }

    /// Files may be replaced while the daemon runs: what AWS refused is read again.
    @Test func aFileIsReadAgainWhenItsKeysAreRefused() async throws {
        let folder = TemporaryFolder()
        let path = try folder.write("[default]\naws_access_key_id=OLD\naws_secret_access_key=S\n", to: "credentials")
        let chain = try CredentialChain(["credentials": path], environment: AWSEnvironment([:]))
        let old = try await blocking { try chain.credentials(deadline: Self.deadline) }
        _ = try folder.write("[default]\naws_access_key_id=NEW\naws_secret_access_key=S\n", to: "credentials")
        #expect(try await blocking { try chain.credentials(deadline: Self.deadline) } == old)
        chain.discard(old)
        #expect(try await blocking { try chain.credentials(deadline: Self.deadline) }.accessKeyID == "NEW")
    }
}
