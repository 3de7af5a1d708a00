import SluiceBackend
import SluiceProtocol
import Testing

@testable import SluiceDynamo

/// When a request is sent again, told by its state machine: the clock and the dice are the test's.
@Suite struct RequestAttemptsTests {
    private let now = MonotonicTime(nanoseconds: 1_000_000_000)
    private let error = ServiceError(name: "SomeException", message: "some")
    private let budget = RetryBudget()

    private var throttled: AttemptOutcome { .throttled(error, body: [1], wishMilliseconds: nil) }
    private var transient: AttemptOutcome { .transient(error, body: [2], wishMilliseconds: nil) }

    private func attempts(deadlineMilliseconds: Int = 100_000, isRepeatable: Bool = true) -> RequestAttempts {
        RequestAttempts(
            deadline: now.advanced(milliseconds: deadlineMilliseconds), isRepeatable: isRepeatable, policy: budget.policy)
    }

    /// Sends once and ends the attempt with this outcome.
    private func step(_ attempts: inout RequestAttempts, _ outcome: AttemptOutcome, random: Double = 0.5) -> RequestAttempts.Step {
        attempts.sent()
        return attempts.ended(outcome, now: now, random: random, budget: budget)
    }

    private func failure(_ step: RequestAttempts.Step) throws -> DynamoFailure {
        guard case .finish(.failure(let failure)) = step else { throw Unexpected("\(step)") }
        return failure
    }

    private func pause(_ milliseconds: Int) -> RequestAttempts.Step { .pause(until: now.advanced(milliseconds: milliseconds)) }

    @Test func anAnswerEndsIt() {
        var attempts = attempts()
        #expect(step(&attempts, .answered([7])) == .finish(.success(DynamoReply(body: [7], attempts: 1))))
    }

    @Test func aRefusalEndsItAndNothingHappened() throws {
        var attempts = attempts()
        let failure = try failure(step(&attempts, .refused(error, body: [3])))
        #expect(failure == DynamoFailure(name: "SomeException", message: "some", kind: .service, attempts: 1, body: [3]))
        #expect(budget.remaining == 500)
    }

    @Test func pausesDoubleWithFullJitter() throws {
        for (outcome, first, kind) in [(throttled, 1_000, DynamoFailure.Kind.throttled), (transient, 25, .transient)] {
            for random in [0, 0.25, 0.999] {
                var attempts = attempts()
                for attempt in 0..<3 {
                    #expect(step(&attempts, outcome, random: random) == pause(Int(Double(first << attempt) * random)))
                }
                let failure = try failure(step(&attempts, outcome, random: random))
                #expect(failure.kind == kind && failure.attempts == 4)
            }
        }
    }

    @Test func pausesHaveABound() {
        let policy = RetryPolicy()
        #expect(policy.pauseMilliseconds(after: 30, isThrottled: true, wish: nil, random: 1) == 20_000)
        #expect(policy.pauseMilliseconds(after: 1_000_000, isThrottled: false, wish: nil, random: 1) == 20_000)
    }

    /// The service may ask for a longer pause, though not for any length.
    @Test(arguments: [(nil, 500), (-5, 500), (400, 500), (600, 600), (5_500, 5_500), (5_501, 5_500), (Int.max, 5_500)])
    func aWishIsHeardWithinBounds(wish: Int?, milliseconds: Int) {
        var attempts = attempts()
        #expect(step(&attempts, .throttled(error, body: [], wishMilliseconds: wish)) == pause(milliseconds))
    }

    @Test func noPauseGoesPastTheDeadline() throws {
        for (milliseconds, isPause) in [(501, true), (500, false), (1, false)] {
            var attempts = attempts(deadlineMilliseconds: milliseconds)
            let step = step(&attempts, throttled)
            #expect((step == pause(500)) == isPause)
            if !isPause { #expect(try failure(step).kind == .throttled) }
        }
        #expect(budget.remaining == 500 - budget.policy.throttledCost)
    }

    @Test func throttlingMeansThatNothingHappened() throws {
        var attempts = attempts(isRepeatable: false)
        for _ in 0..<3 { #expect(step(&attempts, throttled) != .send) }
        #expect(try failure(step(&attempts, throttled)).mayHaveHappened == false)
    }

    /// A conditional put whose first try may have landed meets its own item: the caller is told that it may be.
    @Test func anAttemptThatGotLostIsRemembered() throws {
        for outcome in [transient, .lost(HTTPFailure(message: "cut", wasSent: true))] {
            var attempts = attempts()
            #expect(step(&attempts, outcome) == pause(12))
            let failure = try failure(step(&attempts, .refused(error, body: [])))
            #expect(failure.kind == .service && failure.mayHaveHappened && failure.attempts == 2)
        }
    }

    @Test func whatWasNotSentHappenedNot() throws {
        var attempts = attempts()
        let lost = AttemptOutcome.lost(HTTPFailure(message: "refused", wasSent: false))
        for _ in 0..<3 { #expect(step(&attempts, lost) != .send) }
        let failure = try failure(step(&attempts, lost))
        #expect(failure == DynamoFailure(message: "refused", kind: .transport, attempts: 4))
    }

    @Test func whatMustNotHappenTwiceIsNotSentTwice() throws {
        for outcome in [transient, .lost(HTTPFailure(message: "cut", wasSent: true))] {
            var attempts = attempts(isRepeatable: false)
            let failure = try failure(step(&attempts, outcome))
            #expect(failure.mayHaveHappened && failure.attempts == 1)
        }
        var attempts = attempts(isRepeatable: false)
        #expect(step(&attempts, .lost(HTTPFailure(message: "refused", wasSent: false))) == pause(12))
    }

    @Test func whatEndsTheSameWayIsNotTriedAgain() throws {
        var attempts = attempts()
        let failure = try failure(step(&attempts, .lost(HTTPFailure(message: "untrusted", wasSent: false, isFinal: true))))
        #expect(failure.kind == .transport && failure.attempts == 1)
    }

    @Test func aTimeoutAtTheDeadlineIsTheDeadline() throws {
        let timeout = AttemptOutcome.lost(HTTPFailure(message: "timeout", wasSent: true, timedOut: true))
        var early = attempts()
        #expect(step(&early, timeout) == pause(12))
        for milliseconds in [0, 1, 10] {
            var late = attempts(deadlineMilliseconds: milliseconds)
            let failure = try failure(step(&late, timeout, random: 0))
            #expect(failure.kind == .deadline && failure.mayHaveHappened)
        }
    }

    @Test func whatNeverWentOutSaysSo() throws {
        let waiting = attempts()
        #expect(try failure(waiting.deadlinePassed()).kind == .deadline)
        #expect(try failure(waiting.deadlinePassed()).attempts == 0)
        let unsigned = try failure(waiting.unsigned(CredentialFailure(message: "none")))
        #expect(unsigned == DynamoFailure(message: "none", kind: .credentials))
    }

    /// The clock and the credentials are put right once, at once and at no cost.
    @Test func clockAndCredentialsArePutRightOnce() throws {
        let time = try #require(Timestamp(milliseconds: 0))
        for outcome in [AttemptOutcome.skewed(error, serverTime: time), .credentialsRefused(error)] {
            var attempts = attempts()
            #expect(step(&attempts, outcome) == .send)
            let failure = try failure(step(&attempts, outcome))
            #expect(failure.kind == .credentials && !failure.mayHaveHappened && failure.attempts == 2)
        }
        #expect(budget.remaining == 500)
    }

    @Test func theBudgetPaysAndIsPaidBack() throws {
        var one = attempts()
        #expect(step(&one, transient) == pause(12))
        #expect(budget.remaining == 500 - 14)
        #expect(step(&one, throttled) == pause(1_000))
        #expect(budget.remaining == 500 - 14 - 5)
        _ = step(&one, .answered([]))
        #expect(budget.remaining == 500 - 14)
        var other = attempts()
        _ = step(&other, .answered([]))
        #expect(budget.remaining == 500 - 13)
        for _ in 0..<20 { budget.give(back: nil) }
        #expect(budget.remaining == 500)
    }

    @Test func anEmptyBudgetEndsIt() throws {
        while budget.take(14) {}
        #expect(budget.remaining == 10)
        var attempts = attempts()
        #expect(try failure(step(&attempts, transient)).attempts == 1)
        var others = self.attempts()
        #expect(step(&others, throttled) == pause(500))
        #expect(budget.remaining == 5)
    }
}
