import Synchronization

/// One connection through a `NetworkProxy`: a client's socket, the server's, and what is to be done about the next answer. Shared by the
/// two threads that serve it; the sockets close when both have ended.
final class ProxiedLink: Sendable {
    private struct State {
        var isReset = false
        var fault: NetworkProxy.Fault?
    }

    let client: StreamSocket
    let server: StreamSocket
    private let state = Mutex(State())

    init(client: StreamSocket, server: StreamSocket) {
        self.client = client
        self.server = server
    }

    /// Does this to the answer that comes next; nil leaves it to what was said before.
    func expect(_ fault: NetworkProxy.Fault?) { if let fault { state.withLock { $0.fault = fault } } }

    /// What is to be done to the answer that comes now.
    func takeFault() -> NetworkProxy.Fault? {
        state.withLock { state in
            defer { state.fault = nil }
            return state.fault
        }
    }

    /// Ends it for both sides.
    func end(_ ending: NetworkProxy.Ending) {
        switch ending {
        case .closed:
            client.shut()
            server.shut()
        case .reset:
            state.withLock { $0.isReset = true }
            client.breakOff()
            server.breakOff()
        }
    }

    /// The client sends nothing more.
    func requestsEnded() { passEnd(to: server) }

    /// The server sends nothing more.
    func answersEnded() { passEnd(to: client) }

    /// A reset must be the first that either side hears of it.
    private func passEnd(to socket: StreamSocket) { if !state.withLock({ $0.isReset }) { socket.finishWriting() } }
}
