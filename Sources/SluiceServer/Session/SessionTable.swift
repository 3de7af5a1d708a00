import CEpoll
import Glibc
import Logging
import SluiceBackend
import SluiceProtocol

/// Every client's session by its descriptor: accepts, reads, writes and closes them. Owned by the server, touched on the loop only.
final class SessionTable {
    /// What the table needs to be answered by the rest of the daemon.
    protocol Delegate: AnyObject {
        /// A complete frame has come. Answers false when the session has been closed or is to read nothing more.
        func session(_ session: Session, didReceive frame: UnsafeRawBufferPointer) -> Bool
        /// A session is gone for good; its requests in flight are still in it.
        func sessionDidClose(_ session: Session)
        /// A client has read what waited for it.
        func sessionDidDrain(_ session: Session)
    }

    /// Not weak, since it is asked for every frame: it owns this table.
    unowned(unsafe) var delegate: (any Delegate)?
    private(set) var accepted = 0
    private(set) var refused = 0
    private(set) var faults = 0
    /// How often each bound was met, by its name in `Limits`.
    private(set) var limitsReached: [String: Int] = [:]
    private let epoll: EpollSet
    private let limits: Limits
    private let input: SessionInput
    private let logger: Logger
    private var sessions: [Session?] = []
    private(set) var count = 0
    private var dirty: [Session] = []
    /// Those that are being flushed; kept for its memory.
    private var flushing: [Session] = []
    private var spareBuffers = SpareBuffers()
    /// Sessions that owe a hello or the rest of a frame.
    private var owing = IndexedHeap<Session>()
    private var bufferedInput = 0
    private var nextNumber = 0

    init(epoll: EpollSet, limits: Limits, logger: Logger) {
        self.epoll = epoll
        self.limits = limits
        self.logger = logger
        input = SessionInput(limits)
    }

    /// Every session that is open.
    var all: [Session] { sessions.compactMap { $0 } }

    // MARK: Coming and going

    /// Takes over a descriptor that was accepted.
    func open(_ descriptor: Int32, now: MonotonicTime) {
        nextNumber += 1
        let token = EventLoop.firstSessionToken * (UInt64(nextNumber) & 0x7fff_ffff | 0x4000_0000) | UInt64(descriptor)
        let session = Session(descriptor: descriptor, token: token, number: nextNumber, peer: try? PeerIdentity(descriptor))
        do { try epoll.add(descriptor, .reading, token: token) } catch {
            logger.error("a client cannot be watched", metadata: ["error": "\(error)"])
            Glibc.close(descriptor)
            return
        }
        while sessions.count <= Int(descriptor) { sessions.append(nil) }
        sessions[Int(descriptor)] = session
        count += 1
        accepted += 1
        owe(session, until: now.advanced(milliseconds: limits.handshakeMilliseconds))
        logger.debug("client connected", metadata: ["session": "\(session.number)", "peer": "\(session.peer?.description ?? "unknown")"])
        guard count > limits.maxConnections else { return }
        refused += 1
        let message = "the daemon serves \(limits.maxConnections) connections already (maxConnections)"
        fault(session, .reaching("maxConnections", limits.maxConnections, .overloaded, message))
    }

    /// Closes at once; what the client has in flight is handed to the delegate.
    func close(_ session: Session) {
        guard session.phase != .closed else { return }
        session.phase = .closed
        epoll.remove(session.descriptor)
        Glibc.close(session.descriptor)
        sessions[Int(session.descriptor)] = nil
        count -= 1
        owing.remove(session)
        setPartial(session, [])
        logger.debug("client gone", metadata: ["session": "\(session.number)"])
        delegate?.sessionDidClose(session)
    }

    /// Takes nothing more from a client: what it has written so far is still read, then the end, as if it had shut down its writing side
    /// itself; what it writes from now on fails (shutdown(2), EPIPE).
    func shutOut(_ session: Session) {
        if session.phase == .greeting || session.phase == .open { _ = sluice_shutdown_reading(session.descriptor) }
    }

    /// Sends a fault, after which nothing is read and the connection closes.
    func fault(_ session: Session, _ error: SluiceError) {
        guard session.phase != .closed, session.phase != .faulted else { return }
        logger.info(
            "client sent a fault",
            metadata: ["session": "\(session.number)", "peer": "\(session.peer?.description ?? "unknown")", "error": "\(error)"])
        session.phase = .faulted
        if let limit = error.limit { limitsReached[limit, default: 0] += 1 }
        setPartial(session, [])
        // A client that does not read its fault is not waited for for ever.
        owe(session, until: MonotonicTime.now.advanced(milliseconds: limits.frameMilliseconds))
        send(session) { ReplyEncoder.fault(error, to: &$0) }
        faults += 1
    }

    // MARK: Events

    /// A session's descriptor is ready.
    func handle(_ event: EpollSet.Event) {
        let descriptor = Int(event.token & 0xffff_ffff)
        // An event of this round may belong to a session that the round has closed already.
        guard descriptor < sessions.count, let session = sessions[descriptor], session.token == event.token else { return }
        if event.isHungUp { return close(session) }
        if event.isWritable { markDirty(session) }
        if event.isReadable { read(session) }
    }

    private func read(_ session: Session) {
        guard session.phase == .open || session.phase == .greeting else { return }
        take(input.read(session, { deliver($0, of: session) }), of: session)
    }

    private func deliver(_ frame: UnsafeRawBufferPointer, of session: Session) -> Bool {
        delegate?.session(session, didReceive: frame) ?? false
    }

    /// A client has read on, or had replies: what it had sent beyond its bounds is dealt with now.
    private func resumeInput(_ session: Session) {
        take(input.goOn(session, { deliver($0, of: session) }), of: session)
    }

    private func take(_ outcome: SessionInput.Outcome, of session: Session) {
        guard session.phase != .closed else { return }
        countInput(of: session)
        switch outcome {
        case .read(let hasFrames): owePartial(session, anew: hasFrames)
        case .nothing: break
        case .failed: close(session)
        case .fault(let error): fault(session, error)
        case .end: endInput(session)
        }
        if bufferedInput > limits.maxBufferedInputBytes, !session.partial.isEmpty {
            let message = "incomplete frames of all clients exceed \(limits.maxBufferedInputBytes) bytes (maxBufferedInputBytes)"
            fault(session, .reaching("maxBufferedInputBytes", limits.maxBufferedInputBytes, .overloaded, message))
        }
        // What stops reading must be told to the epoll set, and so must its end.
        if session.interest != session.wantedInterest(limits) { markDirty(session) }
    }

    private func setPartial(_ session: Session, _ bytes: [UInt8]) {
        session.partial = bytes
        if bytes.isEmpty { session.holdsFrames = false }
        countInput(of: session)
    }

    /// What was counted stands in the session: a frame that came in several reads may prove a fault while it is still there.
    private func countInput(of session: Session) {
        bufferedInput += session.partial.count - session.countedInput
        session.countedInput = session.partial.count
    }

    /// The client writes nothing more. What it has not completed never will be; it still gets its replies.
    private func endInput(_ session: Session) {
        session.phase = .halfClosed
        setPartial(session, [])
        owing.remove(session)
        markDirty(session)
    }

    /// The rest of a frame that has begun is owed; not while the daemon itself does not read.
    /// - Parameter anew: it is another frame than before.
    private func owePartial(_ session: Session, anew: Bool) {
        guard session.phase == .open else { return }
        if session.partial.isEmpty || session.holdsFrames || session.mustWait(limits) {
            owing.remove(session)
        } else if anew || session.heapPosition < 0 {
            owe(session, until: MonotonicTime.now.advanced(milliseconds: limits.frameMilliseconds))
        }
    }

    private func owe(_ session: Session, until deadline: MonotonicTime) {
        session.inputDeadline = deadline
        owing.place(session)
    }

    /// The hello has come: what is owed now is only the rest of a frame.
    func greeted(_ session: Session) {
        session.phase = .open
        owing.remove(session)
    }

    /// When `closeLate` should be called next.
    var nextInputDeadline: MonotonicTime { owing.first?.inputDeadline ?? .distantFuture }

    /// Closes the sessions whose hello or frame did not come in time.
    func closeLate(now: MonotonicTime) {
        while let session = owing.first, session.inputDeadline <= now {
            switch session.phase {
            case .greeting:
                let message = "no hello came within \(limits.handshakeMilliseconds) ms"
                fault(session, .reaching("handshakeMilliseconds", limits.handshakeMilliseconds, .deadlineExceeded, message))
            case .open:
                let message = "a frame stayed incomplete for \(limits.frameMilliseconds) ms"
                fault(session, .reaching("frameMilliseconds", limits.frameMilliseconds, .deadlineExceeded, message))
            case .halfClosed, .faulted, .closed: close(session)
            }
        }
    }

    // MARK: Writing

    /// Appends a frame; it leaves at the end of the round with everything else for this client.
    func send(_ session: Session, _ body: (inout MessagePackWriter) -> Void) {
        guard session.phase != .closed else { return }
        session.output.append(spare: &spareBuffers, body)
        markDirty(session)
    }

    /// Sees to it that the session is looked at at the end of the round.
    func markDirty(_ session: Session) {
        guard !session.isDirty else { return }
        session.isDirty = true
        dirty.append(session)
    }

    /// Writes what waits, updates what the epoll set watches, closes what has nothing left.
    func flush() {
        while !dirty.isEmpty {
            swap(&dirty, &flushing)
            for index in flushing.indices {
                let session = flushing[index]
                session.isDirty = false
                if session.phase != .closed { flush(session) }
            }
            flushing.removeAll(keepingCapacity: true)
        }
    }

    private func flush(_ session: Session) {
        if session.output.count > 0, session.output.flush(to: session.descriptor, spare: &spareBuffers) == .failed { return close(session) }
        if !session.paused.isEmpty, session.output.count <= limits.maxSessionOutputBytes { delegate?.sessionDidDrain(session) }
        if session.phase == .open, session.canResumeInput(limits) { resumeInput(session) }
        guard session.phase != .closed else { return }
        switch session.phase {
        case .halfClosed where session.isSettled: return close(session)
        case .faulted where session.isSettled:
            // A close with unread input would reset the connection and take the fault from the client with it.
            shutdown(session.descriptor, Int32(SHUT_WR))
            discardInput(session)
            return close(session)
        default: break
        }
        let wanted = session.wantedInterest(limits)
        guard wanted != session.interest else { return }
        if session.mustWait(limits), session.interest.contains(.reading) {
            limitsReached[session.output.count > limits.maxSessionOutputBytes ? "maxSessionOutputBytes" : "maxInFlight", default: 0] += 1
        }
        if wanted.contains(.reading), !session.interest.contains(.reading) { owePartial(session, anew: true) }
        session.interest = wanted
        epoll.modify(session.descriptor, wanted, token: session.token)
    }

    private func discardInput(_ session: Session) {
        withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 16) { buffer in
            for _ in 0..<16 { if recv(session.descriptor, buffer.baseAddress, buffer.count, 0) <= 0 { return } }
        }
    }
}

extension SluiceError {
    /// A bound was met: its name and value stand in the details.
    fileprivate static func reaching(_ limit: String, _ value: Int, _ code: ErrorCode, _ message: String) -> SluiceError {
        SluiceError(code, message, details: ["limit": .string(limit), "value": .integer(Int64(value))])
    }
}
