import Glibc
import Synchronization

/// A proxy before any TCP server on 127.0.0.1 that does to its connections what networks do. Owned by the test; gone with its last
/// reference. A thread accepts, and each connection has one for each direction.
public final class NetworkProxy: Sendable {
    /// How the network is.
    public enum Condition: Sendable {
        /// Everything is passed on.
        case well
        /// Connections stand and are made, but nothing comes through, either way; what was held is passed on as soon as all is well.
        case silent
        /// Nobody listens, and the connections that there were are reset.
        case unreachable
        /// Each answer ends in the middle, and its connection with it.
        case halving
    }

    /// How a connection ends.
    public enum Ending: Sendable, CaseIterable {
        /// As if the other side had closed it (FIN).
        case closed
        /// As if the other side had forgotten it (RST).
        case reset
    }

    /// What is done about one request.
    public enum Fault: Sendable, CaseIterable {
        /// It is not passed on: its connection ends.
        case lost
        /// It is passed on; its connection ends instead of the answer.
        case answerLost
        /// It is passed on; its connection ends in the middle of the answer.
        case answerHalved
    }

    private struct State {
        var condition = Condition.well
        var faults: [(fault: Fault, marker: [UInt8])] = []
        var links: [Int: ProxiedLink] = [:]
        var made = 0
        var listener: StreamSocket?
    }

    /// What the proxy's threads share; they hold no reference to the proxy itself, or it would never go.
    private final class Shared: Sendable {
        let state: Mutex<State>
        let upstream: UInt16

        init(_ listener: StreamSocket, _ upstream: UInt16) {
            state = Mutex(State(listener: listener))
            self.upstream = upstream
        }
    }

    /// Where it listens on 127.0.0.1; the same whatever happens.
    public let port: UInt16
    private let shared: Shared

    /// Starts it on a port that the system gives to nobody else while it is not listened on.
    public init(before upstream: UInt16) throws {
        let (listener, port) = try StreamSocket.listener(port: LoopbackSocket.freePort())
        self.port = port
        shared = Shared(listener, upstream)
        Self.accept(on: listener, shared)
    }

    deinit {
        shared.state.withLock { state in
            state.condition = .unreachable
            state.listener?.shut()
            for link in state.links.values { link.end(.reset) }
        }
    }

    /// Where it is, as `host:port`.
    public var address: String { "127.0.0.1:\(port)" }

    /// How many connections there have been.
    public var connections: Int { shared.state.withLock { $0.made } }

    /// Makes the network so from now on.
    /// - Throws: when the port cannot be listened on again.
    public func become(_ condition: Condition) throws {
        let hasListener = shared.state.withLock { state in
            state.condition = condition
            guard condition == .unreachable else { return state.listener != nil }
            state.listener?.shut()
            state.listener = nil
            for link in state.links.values { link.end(.reset) }
            return true
        }
        guard !hasListener else { return }
        let (listener, _) = try StreamSocket.listener(port: port)
        shared.state.withLock { $0.listener = listener }
        Self.accept(on: listener, shared)
    }

    /// Ends all connections that there are now.
    public func cutAll(_ ending: Ending) { shared.state.withLock { state in for link in state.links.values { link.end(ending) } } }

    /// Does this to the next requests that hold a text, one after the other.
    public func next(_ faults: [Fault], toRequestsWith marker: String) {
        shared.state.withLock { $0.faults += faults.map { ($0, Array(marker.utf8)) } }
    }

    /// How many of the faults that were asked for have not met their request.
    public var pendingFaults: Int { shared.state.withLock { $0.faults.count } }

    // MARK: threads

    private static func accept(on listener: StreamSocket, _ shared: Shared) {
        DetachedThread.start {
            while let client = listener.accept() {
                guard let server = try? StreamSocket.connected(port: shared.upstream) else { continue }
                let link = ProxiedLink(client: client, server: server)
                let number = shared.state.withLock { state in
                    state.made += 1
                    if state.condition == .unreachable { link.end(.reset) } else { state.links[state.made] = link }
                    return state.made
                }
                DetachedThread.start {
                    requests(of: link, shared)
                    link.requestsEnded()
                }
                DetachedThread.start {
                    answers(of: link, shared)
                    link.answersEnded()
                    shared.state.withLock { $0.links[number] = nil }
                }
            }
        }
    }

    private static func requests(of link: ProxiedLink, _ shared: Shared) {
        while case let bytes = link.client.read(), !bytes.isEmpty {
            guard waitForPassage(shared) else { return }
            let fault = shared.state.withLock { state in
                let index = state.faults.firstIndex { bytes.firstRange(of: $0.marker) != nil }
                return index.map { state.faults.remove(at: $0).fault }
            }
            if fault == .lost { return link.end(.closed) }
            link.expect(fault)
            if !link.server.write(bytes) { return }
        }
    }

    private static func answers(of link: ProxiedLink, _ shared: Shared) {
        while case let bytes = link.server.read(), !bytes.isEmpty {
            guard waitForPassage(shared) else { return }
            let isHalving = shared.state.withLock { $0.condition } == .halving
            switch link.takeFault() ?? (isHalving ? .answerHalved : nil) {
            case .answerLost: return link.end(.closed)
            case .answerHalved:
                link.client.write(Array(bytes[..<(bytes.count / 2)]))
                return link.end(.closed)
            case .lost, nil: if !link.client.write(bytes) { return }
            }
        }
    }

    /// - Returns: whether there is still a network.
    private static func waitForPassage(_ shared: Shared) -> Bool {
        while true {
            switch shared.state.withLock({ $0.condition }) {
            case .silent: usleep(5_000)
            case .unreachable: return false
            case .well, .halving: return true
            }
        }
    }
}
