import Synchronization

/// A tiny HTTP/1.1 server on 127.0.0.1 that answers as a test says and counts connections and requests. Owned by the test; gone with its
/// last reference, whatever its clients do. A thread accepts, and each connection has one.
public final class LoopbackServer: Sendable {
    /// Called on the connection's thread, which it may block.
    public typealias Handler = @Sendable (LoopbackRequest) -> LoopbackAnswer

    /// The longest request taken, bytes.
    private static let maxRequestBytes = 64 << 20

    /// What the server's threads share; they hold no reference to the server itself, or it would never go.
    private final class Shared: Sendable {
        struct State {
            var isOver = false
            var connections = 0
            var requests = 0
            var open: [Int: StreamSocket] = [:]
        }

        let state = Mutex(State())
        let handler: Handler

        init(_ handler: @escaping Handler) { self.handler = handler }
    }

    /// Where it listens.
    public let port: UInt16
    private let listener: StreamSocket
    private let shared: Shared

    /// Starts it on a free port.
    public init(_ handler: @escaping Handler) throws {
        (listener, port) = try StreamSocket.listener()
        shared = Shared(handler)
        DetachedThread.start { [listener, shared] in
            while let socket = listener.accept(), let connection = Self.open(socket, shared) {
                DetachedThread.start { Self.serve(socket, connection, shared) }
            }
        }
    }

    deinit {
        listener.shut()
        shared.state.withLock { state in
            state.isOver = true
            for socket in state.open.values { socket.shut() }
        }
    }

    /// `http://127.0.0.1:PORT`.
    public var url: String { "http://127.0.0.1:\(port)" }

    /// How many connections there have been.
    public var connections: Int { shared.state.withLock { $0.connections } }

    /// How many whole requests have come.
    public var requests: Int { shared.state.withLock { $0.requests } }

    /// Closes all connections that are open now.
    public func cutAll() { shared.state.withLock { state in for socket in state.open.values { socket.shut() } } }

    private static func open(_ socket: StreamSocket, _ shared: Shared) -> Int? {
        shared.state.withLock { state in
            guard !state.isOver else { return nil }
            state.connections += 1
            state.open[state.connections] = socket
            return state.connections
        }
    }

    private static func serve(_ socket: StreamSocket, _ connection: Int, _ shared: Shared) {
        defer { shared.state.withLock { $0.open[connection] = nil } }
        var input: [UInt8] = []
        while input.count <= maxRequestBytes {
            guard let request = LoopbackRequest(takingFrom: &input, connection: connection) else {
                let bytes = socket.read()
                if bytes.isEmpty { return }
                input += bytes
                continue
            }
            shared.state.withLock { $0.requests += 1 }
            guard answer(shared.handler(request), socket) else { return socket.shut() }
        }
    }

    /// - Returns: whether the connection stays.
    private static func answer(_ answer: LoopbackAnswer, _ socket: StreamSocket) -> Bool {
        switch answer {
        case .reply(let status, let headers, let body):
            let lines = headers.map { "\($0.key): \($0.value)\r\n" }.joined()
            return socket.write(Array("HTTP/1.1 \(status) -\r\n\(lines)content-length: \(body.count)\r\n\r\n".utf8) + body)
        case .bytes(let bytes):
            socket.write(bytes)
            return false
        case .cut: return false
        case .stall:
            while !socket.read().isEmpty {}
            return false
        }
    }
}
