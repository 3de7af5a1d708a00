import SluiceBackend
import SluiceProtocol

/// The ways a request ends without an engine's result: its deadline, a cancel, a client that is gone.
extension Router {
    /// Answers each request whose deadline has passed, whatever its worker does.
    func answerExpired(now: MonotonicTime) {
        while let request = deadlines.first, request.deadline <= now {
            let isUnknown = request.state == .started && request.isWrite
            leaveQueue(request)
            let passed = (now.nanoseconds - request.received.nanoseconds) / 1_000_000
            let outcome =
                isUnknown
                ? "it had been started, so its outcome is unknown" : request.isWrite ? "it had not been started" : "nothing was changed"
            finish(
                request,
                SluiceError(
                    .deadlineExceeded,
                    "\(request.kind.name) on repository '\(request.repository.name)': its deadline passed after \(passed) ms; \(outcome)",
                    isOutcomeKnown: !isUnknown))
        }
    }

    /// A client asked to end a request. A write that has started goes on to its own reply.
    func cancel(_ request: PendingRequest) {
        guard !(request.state == .started && request.isWrite) else { return }
        leaveQueue(request)
        finish(
            request,
            SluiceError(
                .deadlineExceeded, "\(request.kind.name) on repository '\(request.repository.name)' was cancelled",
                details: ["reason": "cancelled"]))
    }

    /// A client is gone: what it had not started is dropped, what has started ends unheard.
    func dropRequests(of session: Session) {
        for request in session.inFlight.values {
            leaveQueue(request)
            settle(request)
        }
        session.paused = []
    }

    private func leaveQueue(_ request: PendingRequest) {
        if request.state == .queued { request.repository.queue.remove(request, becoming: .finished) }
    }

    /// A client has read: what waited for that goes on.
    func resume(_ session: Session) {
        let paused = session.paused
        session.paused = []
        for share in paused {
            share.repository.queue.resume(share)
            schedule(share.repository)
        }
    }
}
