import Dispatch
import Glibc

/// The one thread of control of the daemon: an epoll set that holds everything, drained by one DispatchSource on a serial queue.
///
/// One source on the epoll descriptor instead of one for each client, since libdispatch on Linux is slower that
/// way and unsafe after a hang-up (swift-corelibs-libdispatch#949). `@unchecked Sendable`: all state but the queue
/// is touched on the queue only, which is asserted.
final class EventLoop: @unchecked Sendable {
    let queue = DispatchQueue(label: "sluice.loop")
    let epoll: EpollSet
    private var source: (any DispatchSourceRead)?
    private var handlers: [(EpollSet.Event) -> Void] = []
    private var onEndOfTick: () -> Void = {}

    /// Rounds of one wake-up before the queue gets a chance to run something else.
    private static let maxRounds = 4_096

    /// How long the loop waits in epoll_wait(2) itself for more before it goes back to Dispatch. There a wake-up passes two threads, which
    /// a client with one request in flight would wait for every time.
    private static let lingerMilliseconds: Int32 = 1

    init() throws(SystemError) { epoll = try EpollSet() }

    /// Adds a descriptor for good, with what is called when it is ready. Before `start` only.
    func add(_ descriptor: Int32, _ handler: @escaping (EpollSet.Event) -> Void) throws(SystemError) {
        precondition(source == nil, "the loop runs already")
        handlers.append(handler)
        try epoll.add(descriptor, .reading, token: UInt64(handlers.count - 1))
    }

    /// Tokens from here on are sessions': they are handed to `sessionHandler`.
    static let firstSessionToken: UInt64 = 1 << 32

    /// Starts draining. `endOfTick` is called after each round of events, on the queue.
    func start(sessionHandler: @escaping (EpollSet.Event) -> Void, endOfTick: @escaping () -> Void) {
        onEndOfTick = endOfTick
        let source = DispatchSource.makeReadSource(fileDescriptor: epoll.descriptor, queue: queue)
        let handler = UncheckedHandler(call: sessionHandler)
        source.setEventHandler { [self] in drain(handler.call) }
        self.source = source
        source.activate()
    }

    /// Stops draining; what is under way on the queue ends first.
    func stop() {
        dispatchPrecondition(condition: .onQueue(queue))
        source?.cancel()
        source = nil
    }

    private func drain(_ sessionHandler: (EpollSet.Event) -> Void) {
        dispatchPrecondition(condition: .onQueue(queue))
        for _ in 0..<Self.maxRounds {
            let count = epoll.poll(milliseconds: Self.lingerMilliseconds) { event in
                if event.token >= Self.firstSessionToken { sessionHandler(event) } else { handlers[Int(event.token)](event) }
            }
            guard count > 0, source != nil else { return }
            onEndOfTick()
        }
    }

    /// Carries the handler, which only ever runs on the loop's queue, into Dispatch's sendable closure.
    private struct UncheckedHandler: @unchecked Sendable {
        let call: (EpollSet.Event) -> Void
    }
}
