import Glibc
import SluiceProtocol
import SluiceTesting

/// A client that sends whatever bytes a test likes. Owned by the test; closes with its last reference.
final class RawClient: Sendable {
    private let socket: UnixSocket

    /// What stops a test from waiting for ever, seconds.
    private static let patience = 60

    init(_ path: String) throws {
        socket = try .connected(to: path)
        var limit = timeval(tv_sec: Self.patience, tv_usec: 0)
        setsockopt(socket.descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    /// - Returns: whether the kernel took all of it.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(socket.descriptor, $0.baseAddress! + offset, bytes.count - offset, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            offset += count
        }
        return true
    }

    /// Sends a request.
    /// - Returns: whether the kernel took all of it.
    @discardableResult
    func request(
        _ id: Int64, _ operation: SluiceProtocol.Operation, _ repository: String? = nil, _ fill: (inout ArgumentsEncoder) -> Void = { _ in }
    ) -> Bool {
        send(Self.request(id, operation, repository, fill))
    }

    func shutDownWriting() { shutdown(socket.descriptor, Int32(SHUT_WR)) }

    /// Bytes that have come and were not read.
    var unread: Int {
        var count: Int32 = 0
        return ioctl(socket.descriptor, UInt(FIONREAD), &count) == 0 ? Int(count) : 0
    }

    /// The next frame's bytes; nil when the daemon has closed.
    func receive() throws -> [UInt8]? {
        guard let head = try exactly(4) else { return nil }
        let length = head.reduce(0) { $0 << 8 | Int($1) }
        return try exactly(length)
    }

    /// The next frame; nil when the daemon has closed.
    func frame() throws -> ServerFrame? { try receive().map { try ServerFrame($0[...]) } }

    /// The next reply to any request, other frames passed over; nil when the daemon has closed.
    func reply() throws -> ServerReply? {
        while let frame = try frame() { if case .reply(let reply) = frame { return reply } }
        return nil
    }

    private func exactly(_ count: Int) throws -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var offset = 0
        while offset < count {
            let got = bytes.withUnsafeMutableBytes { recv(socket.descriptor, $0.baseAddress! + offset, count - offset, 0) }
            if got == 0 || got < 0 && errno == ECONNRESET { return nil }
            guard got > 0 else { throw Failure("nothing came within \(Self.patience) s") }
            offset += got
        }
        return bytes
    }

    /// A frame around bytes.
    static func frame(_ payload: [UInt8]) -> [UInt8] { (0..<4).map { UInt8(payload.count >> (24 - 8 * $0) & 0xff) } + payload }

    /// A request's frame.
    static func request(
        _ id: Int64, _ operation: SluiceProtocol.Operation, _ repository: String? = nil, _ fill: (inout ArgumentsEncoder) -> Void = { _ in }
    ) -> [UInt8] {
        var arguments = ArgumentsEncoder()
        fill(&arguments)
        var writer = MessagePackWriter()
        RequestEncoder.request(
            id: id, operation: operation, repository: repository, arguments: arguments.bytes, deadlineMilliseconds: nil, attempt: 1,
            to: &writer)
        return writer.bytes
    }

    /// `{0: 1, 2: "t"}`
    static let hello = frame([0x82, 0, 1, 2, 0xa1, 0x74])
    /// A hello that knows `features`.
    static func hello(_ features: [String]) -> [UInt8] {
        var writer = MessagePackWriter()
        RequestEncoder.hello(name: "t", features: features, to: &writer)
        return writer.bytes
    }
    /// `{0: 3, 1: 1, 2: 1}`
    static let ping = frame([0x83, 0, 3, 1, 1, 2, 1])
    /// `{0: 4, 1: 1, 2: null}`
    static let pong: [UInt8] = [0x83, 0, 4, 1, 1, 2, 0xc0]
}
