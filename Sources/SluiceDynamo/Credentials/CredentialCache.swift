import SluiceBackend
import SluiceProtocol

/// The credentials that are held and when others are to be looked for: facts in, steps out, without clock or lock. Owned by its
/// `CredentialChain`.
struct CredentialCache: Sendable {
    /// What a worker that needs credentials does.
    enum Step: Sendable, Equatable {
        case use(AWSCredentials)
        /// Look for credentials and report by `found` or `missed`: nobody else does.
        case search
        /// Another worker is looking, and there are none until it has found some.
        case wait
        /// The last search found none, and was a moment ago.
        case fail(CredentialFailure)
    }

    /// How long before they expire others are looked for, milliseconds, as AWS's SDKs have it.
    static let refreshAheadMilliseconds = 5 * 60 * 1_000
    /// The least time between searches that did not help, milliseconds: the places are not to be flooded.
    static let pauseMilliseconds = 5_000

    private struct Held {
        let credentials: AWSCredentials
        let refreshTime: MonotonicTime
        let endTime: MonotonicTime
    }

    private var held: Held?
    private var failure: CredentialFailure?
    private var isSearching = false
    private var nextSearchTime = MonotonicTime(nanoseconds: 0)

    /// Credentials are needed.
    mutating func need(now: MonotonicTime) -> Step {
        if let held, now < held.refreshTime || now < nextSearchTime && now < held.endTime { return .use(held.credentials) }
        if isSearching { return held.map { now < $0.endTime ? .use($0.credentials) : .wait } ?? .wait }
        if let failure, now < nextSearchTime { return .fail(failure) }
        isSearching = true
        return .search
    }

    /// The search found credentials. Those that seem to have expired are used all the same for a while: the machine's clock may be wrong,
    /// and during an outage AWS takes them for longer.
    mutating func found(_ credentials: AWSCredentials, now: MonotonicTime, time: Timestamp) {
        isSearching = false
        failure = nil
        guard let expiration = credentials.expiration else {
            held = Held(credentials: credentials, refreshTime: .distantFuture, endTime: .distantFuture)
            return
        }
        let ahead = Self.refreshAheadMilliseconds
        let lifeMilliseconds = max(ahead, Int(expiration.milliseconds - time.milliseconds))
        held = Held(
            credentials: credentials, refreshTime: now.advanced(milliseconds: max(lifeMilliseconds - ahead, lifeMilliseconds / 2)),
            endTime: now.advanced(milliseconds: lifeMilliseconds))
    }

    /// The search found none. What is held stays in use until it ends.
    mutating func missed(_ failure: CredentialFailure, now: MonotonicTime) {
        isSearching = false
        self.failure = failure
        nextSearchTime = now.advanced(milliseconds: Self.pauseMilliseconds)
    }

    /// AWS refused these. Unless others are held by now, or it was so a moment ago, others are looked for.
    mutating func discard(_ credentials: AWSCredentials, now: MonotonicTime) {
        guard held?.credentials == credentials, now >= nextSearchTime else { return }
        held = nil
        failure = nil
        nextSearchTime = now.advanced(milliseconds: Self.pauseMilliseconds)
    }
}
