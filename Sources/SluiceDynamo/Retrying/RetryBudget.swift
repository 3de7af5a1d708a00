/// How much of a backend's traffic may be retries. Shared by all its workers.
final class RetryBudget: Sendable {
    init() {}
}
