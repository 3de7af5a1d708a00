import Glibc
import SluiceBackend
import SluiceProtocol
import Synchronization

/// The credentials of a backend, found at the first of several places that has some, and looked for again before they expire. Shared by all
/// its workers.
final class CredentialChain: Sendable {
    /// The longest that one search through all places may take, milliseconds. Not the caller's deadline: a search serves all workers.
    static let searchMilliseconds = 5_000

    private let providers: [any CredentialProvider]
    private let cache = Mutex(CredentialCache())

    init(_ providers: [any CredentialProvider]) { self.providers = providers }

    /// Credentials that are good now, as far as is known.
    /// - Throws: when no place has any, or another worker's search outlasts the deadline.
    func credentials(deadline: MonotonicTime) throws(CredentialFailure) -> AWSCredentials {
        while true {
            switch cache.withLock({ $0.need(now: .now) }) {
            case .use(let credentials): return credentials
            case .fail(let failure): throw failure
            case .search:
                let result = search()
                cache.withLock { cache in
                    switch result {
                    case .success(let credentials): cache.found(credentials, now: .now, time: .now)
                    case .failure(let failure): cache.missed(failure, now: .now)
                    }
                }
            case .wait:
                guard MonotonicTime.now < deadline else {
                    throw CredentialFailure(message: "the deadline passed while credentials were looked for")
                }
                // Rare and short, and this thread has nothing else to do.
                usleep(5_000)
            }
        }
    }

    /// AWS refused these credentials: others may be there by now.
    func discard(_ credentials: AWSCredentials) { cache.withLock { $0.discard(credentials, now: .now) } }

    private func search() -> Result<AWSCredentials, CredentialFailure> {
        let deadline = MonotonicTime.now.advanced(milliseconds: Self.searchMilliseconds)
        for provider in providers {
            do throws(CredentialFailure) {
                guard let credentials = try provider.credentials(deadline: deadline) else { continue }
                guard credentials.fitHeaders else {
                    throw CredentialFailure(message: "\(provider.place): credentials with characters that credentials do not have")
                }
                return .success(credentials)
            } catch {
                return .failure(error)
            }
        }
        return .failure(CredentialFailure(message: "no credentials in \(providers.map(\.place).joined(separator: ", "))"))
    }
}
