import Synchronization

/// How much of a backend's traffic may be retries: while little succeeds, little is sent again, so that a service in trouble is not asked
/// several times over. Shared by all workers of a backend.
final class RetryBudget: Sendable {
    let policy: RetryPolicy
    private let tokens: Mutex<Int>

    init(_ policy: RetryPolicy = RetryPolicy()) {
        self.policy = policy
        tokens = Mutex(policy.budgetTokens)
    }

    /// What is left.
    var remaining: Int { tokens.withLock { $0 } }

    /// Takes the cost of a retry.
    /// - Returns: whether there was enough.
    func take(_ cost: Int) -> Bool {
        tokens.withLock { tokens in
            guard tokens >= cost else { return false }
            tokens -= cost
            return true
        }
    }

    /// A request succeeded.
    /// - Parameter cost: what its last retry took; nil when the first attempt succeeded.
    func give(back cost: Int?) {
        tokens.withLock { $0 = min(policy.budgetTokens, $0 + (cost ?? policy.successTokens)) }
    }
}
