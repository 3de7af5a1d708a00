import SluiceBackend
import Synchronization

/// The credentials of a backend, found at the first of several places that has some. Shared by all its workers.
final class CredentialChain: Sendable {
    private let providers: [any CredentialProvider]

    init(_ providers: [any CredentialProvider]) { self.providers = providers }

    /// Credentials that are good now.
    /// - Throws: when no place has any; the deadline bounds the search.
    func credentials(deadline: MonotonicTime) throws(CredentialFailure) -> AWSCredentials {
        for provider in providers {
            if let credentials = try provider.credentials(deadline: deadline) { return credentials }
        }
        throw CredentialFailure(message: "no credentials in \(providers.map(\.place).joined(separator: ", "))")
    }
}
