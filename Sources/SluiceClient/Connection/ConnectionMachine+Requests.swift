import SluiceProtocol

// Requests: how they are sent, answered, sent again and ended.
extension ConnectionMachine {
    /// Sends from the line up to what the daemon takes at once.
    mutating func dispatch(_ number: Int, now: ContinuousClock.Instant) {
        while let link = links[number], link.inFlight < link.maxInFlight, let id = line.popFirst() {
            // Ended while they waited.
            guard let request = requests[id], request.stage == .waiting else { continue }
            if case .redefinition(let own) = request.purpose, own != number {
                requests[id] = nil
            } else if let repository = request.call.repository, request.call.operation != .define, link.defining[repository] != nil {
                links[number]!.held[repository, default: []].append(id)
            } else {
                send(id, on: number, now: now)
            }
        }
    }

    private mutating func send(_ id: Int64, on number: Int, now: ContinuousClock.Instant) {
        let call = requests[id]!.call
        let attempt = requests[id]!.attempt + 1
        let remaining = (call.deadline - now).wholeMilliseconds
        guard remaining > 0 else { return expire(id, now: now) }
        let envelopeBytes = 64 + (call.repository?.utf8.count ?? 0)
        let maxFrameBytes = links[number]!.maxFrameBytes
        guard envelopeBytes + (call.arguments?.count ?? 0) <= maxFrameBytes else {
            let error = SluiceError.tooLarge(
                "it does not fit in a frame of \(maxFrameBytes) bytes", limit: "maxFrameBytes", value: maxFrameBytes)
            return end(id, error.located(call))
        }
        append(to: number) {
            RequestEncoder.request(
                id: id, operation: call.operation, repository: call.repository, arguments: call.arguments,
                deadlineMilliseconds: remaining, attempt: attempt, to: &$0)
        }
        links[number]!.inFlight += 1
        requests[id]!.attempt = attempt
        requests[id]!.stage = .sent(link: number, end: links[number]!.queued)
    }

    /// A reply or a part of one.
    mutating func replied(_ reply: ServerReply, on number: Int, now: ContinuousClock.Instant) {
        guard case .sent(number, _)? = requests[reply.id]?.stage else { return }
        if reply.hasMore, case .success(let part) = reply.result {
            if case .caller = requests[reply.id]!.purpose { requests[reply.id]!.parts.append(part) }
            return
        }
        let request = requests.removeValue(forKey: reply.id)!
        links[number]!.inFlight -= 1
        failures = 0
        switch reply.result {
        case .success(let result): succeed(request, Reply(earlierParts: request.parts, result: result, token: reply.token), now: now)
        case .failure(let error): refused(reply.id, request, error, on: number, now: now)
        }
        closeIfDone(number)
        proceed(now: now)
    }

    private mutating func succeed(_ request: PendingRequest<Completion>, _ reply: Reply, now: ContinuousClock.Instant) {
        switch request.purpose {
        case .caller(let completion):
            if request.call.operation == .define { remember(request.call) }
            actions.append(.complete(completion, .success(reply)))
        case .redefinition(let number): release(request.call.repository, on: number)
        case .abandoned: break
        }
    }

    private mutating func refused(
        _ id: Int64, _ request: PendingRequest<Completion>, _ error: SluiceError, on number: Int, now: ContinuousClock.Instant
    ) {
        if error.code == .shuttingDown { leave(number, error, now: now) }
        guard mayRepeat(request, error), let until = nextTry(request, now: now) else { return fail(request, error) }
        var request = request
        request.stage = .resting(until: until)
        request.lastError = error
        request.parts = []
        request.mayHaveHappened = request.mayHaveHappened || !error.isOutcomeKnown
        requests[id] = request
        schedule(until)
    }

    /// PROTOCOL.md section 8: only after these codes, and a write that is not safe to repeat only when it is known that it did not happen.
    private func mayRepeat(_ request: PendingRequest<Completion>, _ error: SluiceError) -> Bool {
        if case .abandoned = request.purpose { return false }
        guard !request.isCancelled, error.isRetryable, [.unavailable, .overloaded, .shuttingDown].contains(error.code) else { return false }
        if request.call.isRepeatable { return true }
        // A deleteAll that got some way must tell how far; repeated, it would forget.
        return error.isOutcomeKnown && !request.mayHaveHappened && error.details["deleted"] == nil
    }

    /// - Returns: nil when the caller does not wait that long.
    private func nextTry(_ request: PendingRequest<Completion>, now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        let until = now + settings.backoff.delay(failures: Int(request.attempt) - 1, jitter: settings.jitter())
        return until < request.call.deadline ? until : nil
    }

    private mutating func remember(_ call: Call) {
        let definition = Definition(repository: call.repository ?? "", arguments: call.arguments ?? [])
        if !definitions.contains(definition) { definitions.append(definition) }
    }

    /// A redefinition is answered, well or badly: those who waited for it go on, and hear from the daemon what there is to hear.
    private mutating func release(_ repository: String?, on number: Int) {
        guard let repository, let count = links[number]?.defining[repository] else { return }
        links[number]!.defining[repository] = count > 1 ? count - 1 : nil
        guard count == 1, let held = links[number]!.held.removeValue(forKey: repository) else { return }
        line.prepend(held)
    }

    /// Time has passed.
    mutating func tick(now: ContinuousClock.Instant) {
        if let scanAt, scanAt <= now { scan(now: now) }
        proceed(now: now)
    }

    private mutating func scan(now: ContinuousClock.Instant) {
        let due = requests.filter { $0.value.timer(grace: settings.grace).map { $0 <= now } ?? false }
        for (id, request) in due.sorted(by: { $0.key < $1.key }) {
            if case .resting = request.stage, now < request.call.deadline {
                requests[id]!.stage = .waiting
                line.append(id)
            } else {
                expire(id, now: now)
            }
        }
        for (number, link) in links {
            guard case .greeting(let until) = link.stage, until <= now else { continue }
            lost(number, SluiceError(.unavailable, "the daemon sent no welcome within \(settings.greeting)"), now: now)
        }
        scanAt = requests.values.compactMap { $0.timer(grace: settings.grace) }.min()
        for link in links.values { if case .greeting(let until) = link.stage { schedule(until) } }
    }

    /// The caller's time is over.
    private mutating func expire(_ id: Int64, now: ContinuousClock.Instant) {
        guard let request = requests[id] else { return }
        if case .sent = request.stage { return abandon(id, Self.expiredError) }
        if let error = request.lastError { return end(id, error) }
        guard case .active = route else {
            let why = lastFailure.map { ": " + $0.message } ?? ""
            let error = SluiceError(.unavailable, "the deadline passed while the daemon could not be reached" + why)
            return end(id, error.located(request.call))
        }
        end(id, Self.expiredError.located(request.call))
    }

    /// Tells the caller while the daemon still owes the reply.
    mutating func abandon(_ id: Int64, _ error: SluiceError) {
        guard var request = requests[id] else { return }
        request.mayHaveHappened = request.call.operation.isWrite
        fail(request, error.located(request.call))
        request.purpose = .abandoned
        request.parts = []
        requests[id] = request
    }

    private mutating func end(_ id: Int64, _ error: SluiceError) {
        guard let request = requests.removeValue(forKey: id) else { return }
        fail(request, error)
    }

    /// Tells who waits that it failed. What says nothing about an earlier attempt leaves the outcome unknown when there was one.
    mutating func fail(_ request: PendingRequest<Completion>, _ error: SluiceError) {
        var error = error
        switch error.code {
        case .unavailable, .deadlineExceeded, .overloaded, .shuttingDown, .backendError:
            if request.mayHaveHappened { error.isOutcomeKnown = false }
        default: break
        }
        switch request.purpose {
        case .caller(let completion): actions.append(.complete(completion, .failure(error)))
        case .redefinition(let number): release(request.call.repository, on: number)
        case .abandoned: break
        }
    }

    static var closedError: SluiceError { SluiceError(.unavailable, "the client was closed", isRetryable: false) }
    static var cancelledError: SluiceError {
        SluiceError(.deadlineExceeded, "the caller's task was cancelled", details: ["reason": "cancelled"])
    }
    static var expiredError: SluiceError { SluiceError(.deadlineExceeded, "the deadline passed without an answer") }
    static func lostError(_ error: SluiceError) -> SluiceError {
        SluiceError(.unavailable, "the connection ended before the answer: \(error.message)")
    }
}

extension Duration {
    /// Truncated to whole milliseconds, as deadlines stand on the wire.
    var wholeMilliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
