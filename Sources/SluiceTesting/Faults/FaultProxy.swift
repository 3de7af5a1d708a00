import Synchronization

/// A proxy before an HTTP server on 127.0.0.1, such as an emulator of DynamoDB, that does to requests what networks and services do. Owned
/// by the test; gone with its last reference.
public final class FaultProxy: Sendable {
    /// What is done to a request.
    public enum Fault: Sendable, Equatable {
        /// None: passed on.
        case pass
        /// Answered as throttled, not passed on.
        case throttle
        /// Answered with this status and this error, not passed on.
        case refuse(status: Int, error: String)
        /// A batch of reads is answered with status 200 and without a record: all its keys are unprocessed.
        case unprocessed
        /// The connection is closed before the request is passed on.
        case cutBefore
        /// The request is passed on, and the connection is closed instead of the answer.
        case cutAfter
        /// Nothing is passed on or answered.
        case stall
        /// The request is passed on, and its answer is not.
        case stallAfter
        /// The request is passed on, and answered as a failure of the service.
        case failAfter
    }

    private struct State {
        var faults: [(fault: Fault, target: String?)] = []
        var standing: Fault?
        var passed: [String] = []
    }

    /// What the server's handler holds, which must not hold the server.
    private final class Script: Sendable {
        let state = Mutex(State())
    }

    private let server: LoopbackServer
    private let script: Script

    /// Starts it on a free port.
    public init(before upstream: UInt16) throws {
        let script = Script()
        self.script = script
        server = try LoopbackServer { request in Self.answer(request, script, upstream) }
    }

    /// `http://127.0.0.1:PORT`.
    public var url: String { server.url }

    /// `127.0.0.1:PORT`.
    public var address: String { "127.0.0.1:\(server.port)" }

    /// How many of the faults that were asked for have not met their request.
    public var pendingFaults: Int { script.state.withLock { $0.faults.count } }

    /// How many requests have come.
    public var requests: Int { server.requests }

    /// How many connections there have been.
    public var connections: Int { server.connections }

    /// The targets of the requests that were passed on: `GetItem`.
    public var passed: [String] { script.state.withLock { $0.passed } }

    /// Does this to the next requests, one after the other.
    /// - Parameter target: only to those of this target, `PutItem`; nil to any.
    public func next(_ faults: [Fault], of target: String? = nil) {
        script.state.withLock { $0.faults += faults.map { ($0, target) } }
    }

    /// Does this to every request from now on for which nothing else is next; nil passes them on.
    public func always(_ fault: Fault?) { script.state.withLock { $0.standing = fault } }

    /// Closes all connections that are open now.
    public func cutAll() { server.cutAll() }

    private static func answer(_ request: LoopbackRequest, _ script: Script, _ upstream: UInt16) -> LoopbackAnswer {
        // `DynamoDB_20120810.GetItem`.
        let target = request.headers["x-amz-target"].map { String($0.split(separator: ".").last ?? "") } ?? request.path
        let fault = script.state.withLock { state in
            let index = state.faults.firstIndex { $0.target == nil || $0.target == target }
            return index.map { state.faults.remove(at: $0).fault } ?? state.standing
        }
        switch fault {
        case .throttle: return error(400, "ProvisionedThroughputExceededException")
        case .refuse(let status, let name): return error(status, name)
        case .unprocessed: return unprocessed(request)
        case .cutBefore: return .cut
        case .stall: return .stall
        case .cutAfter, .stallAfter, .failAfter, .pass, nil: break
        }
        script.state.withLock { $0.passed.append(target) }
        let reply = exchange(request, upstream)
        switch fault {
        case .cutAfter: return .cut
        case .stallAfter: return .stall
        case .failAfter: return error(500, "InternalServerError")
        default: return reply
        }
    }

    /// A `BatchGetItem`'s keys as they came: the object behind "RequestItems", whose braces within texts do not count.
    private static func unprocessed(_ request: LoopbackRequest) -> LoopbackAnswer {
        guard let name = request.body.firstRange(of: Array("\"RequestItems\":".utf8)) else { return error(400, "ValidationException") }
        var (depth, isText, isEscaped) = (0, false, false)
        let end = request.body[name.upperBound...].firstIndex { byte in
            defer { isEscaped = byte == UInt8(ascii: "\\") && !isEscaped }
            if byte == UInt8(ascii: "\""), !isEscaped { isText.toggle() }
            if !isText { depth += byte == UInt8(ascii: "{") ? 1 : byte == UInt8(ascii: "}") ? -1 : 0 }
            return depth == 0 && byte == UInt8(ascii: "}")
        }
        guard let end else { return error(400, "SerializationException") }
        let keys = String(decoding: request.body[name.upperBound...end], as: UTF8.self)
        return .text(
            #"{"Responses": {}, "UnprocessedKeys": \#(keys)}"#, headers: ["content-type": "application/x-amz-json-1.0"])
    }

    private static func error(_ status: Int, _ name: String) -> LoopbackAnswer {
        .text(
            #"{"__type":"com.amazonaws.dynamodb.v20120810#\#(name)","message":"by the fault proxy"}"#, status: status,
            headers: ["content-type": "application/x-amz-json-1.0"])
    }

    /// Passes the request on, on a connection of its own, and the answer back on the client's, which stays.
    private static func exchange(_ request: LoopbackRequest, _ upstream: UInt16) -> LoopbackAnswer {
        guard let socket = try? StreamSocket.connected(port: upstream), socket.write(request.closing) else { return .cut }
        var answer: [UInt8] = []
        while true {
            let bytes = socket.read()
            if bytes.isEmpty { return passing(answer) }
            answer += bytes
        }
    }

    private static func passing(_ answer: [UInt8]) -> LoopbackAnswer {
        guard let head = HTTPHead(answer), head.words.count >= 2, let status = Int(head.words[1]) else { return .cut }
        // In pieces, it goes back as it is, and the connection with it.
        if head.headers["transfer-encoding"] != nil { return .bytes(answer) }
        let headers = head.headers.filter { !["connection", "content-length"].contains($0.key) }
        return .reply(status: status, headers: headers, body: Array(answer[head.byteCount...]))
    }
}
