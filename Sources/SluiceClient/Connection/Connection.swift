import Glibc
import Synchronization
import SluiceProtocol

/// One client's connection: the state machine under a lock, callers who write their own requests, and one
/// thread that reads, connects and keeps the time.
///
/// No task ever blocks: callers write only what the kernel takes at once, and leave the rest to the
/// thread. Continuations are resumed outside the lock.
final class Connection: Sendable {
    typealias Completion = CheckedContinuation<Result<Reply, SluiceError>, Never>
    typealias Machine = ConnectionMachine<Completion>

    /// All that the lock protects.
    struct State {
        var machine: Machine
        var sockets: [Int: Socket] = [:]
        /// Links that the thread is to open.
        var dial: [Int] = []
        /// Bytes that the kernel did not take yet.
        var stalled: [Int: ArraySlice<UInt8>] = [:]
        /// When the thread will look at the machine by itself.
        var sleepsUntil: ContinuousClock.Instant?
        var isClosed = false
    }

    let place: SocketPath
    let wake: Waker
    private let state: Mutex<State>
    private let lastID = Atomic<Int64>(0)

    /// - Throws: `unavailable` when the system has no descriptors to give.
    init(_ place: SocketPath, _ settings: Machine.Settings) throws(SluiceError) {
        self.place = place
        wake = try Waker()
        state = Mutex(State(machine: Machine(settings)))
    }

    /// What the last daemon said of itself.
    var welcome: Welcome? { state.withLock { $0.machine.welcome } }

    /// Sends a call and waits for its answer. Ending the task asks the daemon to end the request.
    func perform(_ call: Call) async -> Result<Reply, SluiceError> {
        let id = lastID.wrappingAdd(1, ordering: .relaxed).newValue
        return await withTaskCancellationHandler {
            await withCheckedContinuation { completion in
                change { $0.submit(id, call, completion, now: .now) }
                // A cancellation that came before the submission found nothing to cancel.
                if Task.isCancelled { change { $0.cancel(id, now: .now) } }
            }
        } onCancel: {
            change { $0.cancel(id, now: .now) }
        }
    }

    /// Ends everything; the thread goes too.
    func close() {
        change { $0.close() }
        state.withLock { $0.isClosed = true }
        wake.signal()
    }

    /// Tells the machine a fact and does what it asks for.
    func change(_ event: (inout Machine) -> Void) { changeState { event(&$0.machine) } }

    private func changeState(_ event: (inout State) -> Void) {
        let (actions, mustWake) = state.withLock { state in
            event(&state)
            return Self.settle(&state)
        }
        if mustWake { wake.signal() }
        for action in actions {
            switch action {
            case .complete(let completion, let result): completion.resume(returning: result)
            case .flush(let link): flush(link)
            case .connect, .close: break
            }
        }
    }

    /// Does under the lock what concerns the lock's own state.
    /// - Returns: the machine's actions, and whether the thread sleeps too long for what is to come.
    private static func settle(_ state: inout State) -> ([Machine.Action], Bool) {
        let actions = state.machine.actions
        state.machine.actions = []
        var mustWake = false
        for action in actions {
            switch action {
            case .connect(let link):
                state.dial.append(link)
                mustWake = true
            case .close(let link):
                state.stalled[link] = nil
                state.sockets.removeValue(forKey: link)?.shutdown()
                mustWake = true
            case .flush, .complete: break
            }
        }
        if let next = state.machine.nextWake, state.sleepsUntil.map({ next < $0 }) ?? true {
            state.sleepsUntil = next
            mustWake = true
        }
        return (actions, mustWake)
    }

    /// Writes a link's output until there is none, or the kernel takes no more; then the thread goes on when it does.
    private func flush(_ link: Int) {
        var hasLoss = false
        while let (socket, bytes) = state.withLock({ state in
            let bytes = state.machine.takeOutput(link)
            hasLoss = state.machine.hasLoss(link)
            return bytes.flatMap { bytes in state.sockets[link].map { ($0, bytes) } }
        }) {
            guard write(bytes[...], to: socket, link) else { return }
        }
        if hasLoss { change { $0.settleLoss(of: link, now: .now) } }
    }

    private func write(_ bytes: ArraySlice<UInt8>, to socket: Socket, _ link: Int) -> Bool {
        switch socket.send(bytes) {
        case .all: return true
        case .partly(let rest):
            changeState { state in
                if state.sockets[link] != nil { state.stalled[link] = rest }
                state.machine.writeStopped(link, unsent: rest.count, now: .now)
            }
            wake.signal()
            return false
        case .failed(let unsent):
            change { $0.writeStopped(link, unsent: unsent, now: .now) }
            socket.shutdown()
            return false
        }
    }

    /// The kernel takes more on this link.
    func resume(_ link: Int, _ socket: Socket) {
        let stalled = state.withLock { state in
            let rest = state.stalled.removeValue(forKey: link)
            if let rest { state.machine.writeResumed(link, unsent: rest.count) }
            return rest
        }
        guard let rest = stalled else { return }
        if write(rest, to: socket, link) { flush(link) }
    }

    /// What the thread has to do next.
    struct Round {
        var dial: [Int]
        var sockets: [(link: Int, socket: Socket, wantsToWrite: Bool)]
        var sleepsUntil: ContinuousClock.Instant?
        var isClosed: Bool
    }

    /// The thread asks before each sleep.
    func nextRound() -> Round {
        state.withLock { state in
            let dial = state.dial
            state.dial = []
            state.sleepsUntil = state.machine.nextWake
            let sockets = state.sockets.map { (link: $0.key, socket: $0.value, wantsToWrite: state.stalled[$0.key] != nil) }
            return Round(dial: dial, sockets: sockets, sleepsUntil: state.sleepsUntil, isClosed: state.isClosed)
        }
    }

    /// The thread has opened a socket for a link.
    func adopt(_ socket: Socket, as link: Int) {
        state.withLock { $0.sockets[link] = socket }
        change { $0.opened(link, now: .now) }
    }
}
