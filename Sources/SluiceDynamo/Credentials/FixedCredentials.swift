import SluiceBackend

/// Credentials that stand in the configuration.
struct FixedCredentials: CredentialProvider {
    let credentials: AWSCredentials

    var place: String { "the configuration" }

    func credentials(deadline: MonotonicTime) -> AWSCredentials? { credentials }
}
