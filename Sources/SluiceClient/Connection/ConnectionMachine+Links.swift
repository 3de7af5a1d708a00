import SluiceProtocol

// Links: how they come, greet, leave and are lost.
extension ConnectionMachine {
    /// The socket is connected.
    mutating func opened(_ number: Int, now: ContinuousClock.Instant) {
        guard route == .connecting(link: number) else {
            actions.append(.close(link: number))
            return
        }
        let until = now + settings.greeting
        links[number] = Link(stage: .greeting(until: until))
        schedule(until)
        let name = settings.name
        append(to: number) { RequestEncoder.hello(name: name, features: ["parts", "goingAway", "cancel", "pages"], to: &$0) }
    }

    /// No socket could be had.
    mutating func connectFailed(_ number: Int, _ error: SluiceError, now: ContinuousClock.Instant) {
        guard route == .connecting(link: number) else { return }
        rest(after: error, now: now)
        // An error that waiting cannot mend ends every wait. A daemon that is there but busy is worth a wait to everybody.
        failWaiting(error) { !error.isRetryable || $0.failsWithoutDaemon && error.reason == "noDaemon" }
    }

    /// A frame came.
    mutating func received(_ frame: ServerFrame, on number: Int, now: ContinuousClock.Instant) {
        guard links[number] != nil else { return }
        switch frame {
        case .welcome(let welcome): greeted(number, welcome, now: now)
        case .reply(let reply): replied(reply, on: number, now: now)
        case .goingAway(let reason): leave(number, SluiceError(.shuttingDown, "the daemon is going away: \(reason)"), now: now)
        case .fault(let error):
            // It reads nothing more; what it still answers comes before it closes.
            links[number]!.fault = error
            leave(number, error, now: now)
        case .unknown: break
        }
    }

    /// The kernel did not take the last `unsent` bytes that it was given: requests that end among them have not left.
    mutating func writeStopped(_ number: Int, unsent: Int, now: ContinuousClock.Instant) {
        links[number]?.taken -= unsent
        links[number]?.isWriting = false
        settleLoss(of: number, now: now)
    }

    /// The kernel is given those bytes once more.
    mutating func writeResumed(_ number: Int, unsent: Int) {
        links[number]?.taken += unsent
        links[number]?.isWriting = true
    }

    /// Whether a loss waits to be settled, now that nobody writes.
    func hasLoss(_ number: Int) -> Bool { links[number].map { $0.loss != nil && !$0.isWriting } ?? false }

    /// What was put off while somebody wrote.
    mutating func settleLoss(of number: Int, now: ContinuousClock.Instant) {
        if hasLoss(number), let loss = links[number]?.loss { lost(number, loss, now: now) }
    }

    /// The socket ended: closed by the daemon, reset, or given up because of what came over it.
    mutating func lost(_ number: Int, _ error: SluiceError, now: ContinuousClock.Instant) {
        // Which requests have left is known only when the writer is back.
        if links[number]?.isWriting == true {
            links[number]!.loss = error
            return
        }
        guard let link = links.removeValue(forKey: number) else { return }
        actions.append(.close(link: number))
        let error = link.fault ?? error
        let inFlight = requests.filter { if case .sent(number, _) = $0.value.stage { true } else { false } }
        requeueHeld(link)
        dropRedefinitions { owner, _ in owner == number }
        requeue(inFlight, link, error)
        unroute(number, error, now: now)
        proceed(now: now)
    }

    /// New requests no longer go to this link.
    private mutating func unroute(_ number: Int, _ error: SluiceError, now: ContinuousClock.Instant) {
        if route == .connecting(link: number) {
            connectFailed(number, error, now: now)
        } else if route == .active(link: number) {
            rest(after: error, now: now)
        }
    }

    /// The daemon takes no new requests on this link: those go elsewhere, and it closes with its last reply.
    mutating func leave(_ number: Int, _ reason: SluiceError, now: ContinuousClock.Instant) {
        guard let link = links[number], link.stage != .leaving else { return }
        links[number]!.stage = .leaving
        links[number]!.held = [:]
        requeueHeld(link)
        dropRedefinitions { owner, stage in
            if case .sent = stage { false } else { owner == number }
        }
        unroute(number, reason, now: now)
        closeIfDone(number)
        proceed(now: now)
    }

    mutating func closeIfDone(_ number: Int) {
        guard let link = links[number], link.stage == .leaving, link.inFlight == 0 else { return }
        links[number] = nil
        dropRedefinitions { owner, _ in owner == number }
        actions.append(.close(link: number))
    }

    private mutating func greeted(_ number: Int, _ welcome: Welcome, now: ContinuousClock.Instant) {
        guard case .greeting = links[number]!.stage else { return }
        self.welcome = welcome
        links[number]!.greeted(welcome)
        route = .active(link: number)
        // Definitions before anything else; each holds only the requests to its own repository.
        var first: [Int64] = []
        for definition in definitions { first.append(redefine(definition, on: number, now: now)) }
        line.prepend(first)
        proceed(now: now)
    }

    private mutating func redefine(_ definition: Definition, on number: Int, now: ContinuousClock.Instant) -> Int64 {
        let id = nextRedefinition()
        let deadline = now + .milliseconds(Limits().defineDeadlineMilliseconds)
        let call = Call(
            operation: .define, repository: definition.repository, arguments: definition.arguments, deadline: deadline, isRepeatable: true)
        requests[id] = PendingRequest(call: call, purpose: .redefinition(link: number))
        links[number]!.defining[definition.repository, default: 0] += 1
        schedule(deadline)
        return id
    }

    /// Waits before the next connection.
    private mutating func rest(after error: SluiceError, now: ContinuousClock.Instant) {
        lastFailure = error
        route = .idle(notBefore: now + settings.backoff.delay(failures: failures, jitter: settings.jitter()))
        failures += 1
    }

    private mutating func requeueHeld(_ link: Link) { line.prepend(link.held.values.joined().sorted()) }

    /// A new link makes its own.
    private mutating func dropRedefinitions(where isStale: (_ link: Int, _ stage: PendingRequest<Completion>.Stage) -> Bool) {
        for (id, request) in requests {
            if case .redefinition(let link) = request.purpose, isStale(link, request.stage) { requests[id] = nil }
        }
    }

    /// Decides for each request of a lost link whether it is sent again (PROTOCOL.md section 8).
    private mutating func requeue(_ inFlight: [Int64: PendingRequest<Completion>], _ link: Link, _ error: SluiceError) {
        var again: [Int64] = []
        for (id, var request) in inFlight.sorted(by: { $0.key < $1.key }) {
            guard case .sent(_, let end) = request.stage, case .caller = request.purpose else {
                requests[id] = nil
                continue
            }
            if link.taken < end {
                request.attempt -= 1
            } else {
                request.mayHaveHappened = request.mayHaveHappened || request.call.operation.isWrite
            }
            guard !request.isCancelled, link.taken < end || request.call.isRepeatable else {
                requests[id] = nil
                fail(request, (request.isCancelled ? Self.cancelledError : Self.lostError(error)).located(request.call))
                continue
            }
            request.stage = .waiting
            request.parts = []
            requests[id] = request
            schedule(request.call.deadline)
            again.append(id)
        }
        line.prepend(again)
    }

    private mutating func failWaiting(_ error: SluiceError, where isHopeless: (Call) -> Bool) {
        let hopeless = requests.filter { $0.value.stage == .waiting && isHopeless($0.value.call) }
        for (id, request) in hopeless.sorted(by: { $0.key < $1.key }) {
            requests[id] = nil
            fail(request, error.located(request.call))
        }
    }
}
