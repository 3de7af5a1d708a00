import SluiceProtocol

/// A call on its way: who waits for it, where it stands, what is known of its earlier attempts. Owned by the connection's state machine.
struct PendingRequest<Completion: Sendable>: Sendable {
    let call: Call
    var purpose: Purpose
    var stage = Stage.waiting
    /// How often it was sent.
    var attempt: Int64 = 0
    /// An attempt was lost without an answer, and it is a write.
    var mayHaveHappened = false
    /// The caller has given up; it is not sent again.
    var isCancelled = false
    /// Why the last attempt did not count.
    var lastError: SluiceError?
    var parts: [ArraySlice<UInt8>] = []

    enum Purpose: Sendable {
        /// Somebody waits.
        case caller(Completion)
        /// The connection tells a new link what was defined; held requests wait for it.
        case redefinition(link: Int)
        /// Nobody waits any more, but the daemon still owes a reply and it counts as in flight.
        case abandoned
    }

    /// Exits: `waiting` → `sent` → answered, or back to `waiting`, at once or after `resting`.
    enum Stage: Sendable, Equatable {
        /// In line for a link, or held until its repository is defined there.
        case waiting
        /// Answered "not now"; in line again at that time.
        case resting(until: ContinuousClock.Instant)
        /// In flight; `end` is where its frame ends among the bytes of the link.
        case sent(link: Int, end: Int)
    }

    /// When the machine must look at it next.
    func timer(grace: Duration) -> ContinuousClock.Instant? {
        switch (stage, purpose) {
        case (.sent, .abandoned): nil
        case (.sent, _): call.deadline + grace
        case (.waiting, _): call.deadline
        case (.resting(let until), _): min(until, call.deadline)
        }
    }
}
