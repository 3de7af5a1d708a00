import Glibc
import SluiceProtocol

/// A client that sends whatever bytes a test likes. Owned by the test; closes with its last reference.
final class RawClient {
    private let descriptor: Int32

    /// What stops a test from waiting for ever, seconds.
    private static let patience = 10

    struct Failure: Error {
        let what: String
    }

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let answer = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        guard answer == 0 else { throw Failure(what: "connect: \(errno)") }
        var limit = timeval(tv_sec: Self.patience, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + offset, bytes.count - offset, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            offset += count
        }
    }

    func shutDownWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// The next frame's bytes; nil when the daemon has closed.
    func receive() throws -> [UInt8]? {
        guard let head = try exactly(4) else { return nil }
        let length = head.reduce(0) { $0 << 8 | Int($1) }
        return try exactly(length)
    }

    private func exactly(_ count: Int) throws -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var offset = 0
        while offset < count {
            let got = bytes.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress! + offset, count - offset, 0) }
            if got == 0 || got < 0 && errno == ECONNRESET { return nil }
            guard got > 0 else { throw Failure(what: "nothing came within \(Self.patience) s") }
            offset += got
        }
        return bytes
    }

    /// A frame around bytes.
    static func frame(_ payload: [UInt8]) -> [UInt8] { (0..<4).map { UInt8(payload.count >> (24 - 8 * $0) & 0xff) } + payload }

    /// `{0: 1, 2: "t"}`
    static let hello = frame([0x82, 0, 1, 2, 0xa1, 0x74])
    /// `{0: 3, 1: 1, 2: 1}`
    static let ping = frame([0x83, 0, 3, 1, 1, 2, 1])
    /// `{0: 4, 1: 1, 2: null}`
    static let pong: [UInt8] = [0x83, 0, 4, 1, 1, 2, 0xc0]
}
