import SluiceBackend

/// A place where credentials may be. Several are asked in turn by the `CredentialChain`.
protocol CredentialProvider: Sendable {
    /// The place, for people: `the environment`.
    var place: String { get }

    /// The credentials there.
    /// - Returns: nil when this place is not in use here, so that the next is asked.
    /// - Throws: when it is in use and has none all the same.
    func credentials(deadline: MonotonicTime) throws(CredentialFailure) -> AWSCredentials?
}
