import Glibc
import SluiceTesting

/// The datagram socket that a service manager would hold (sd_notify(3)). Owned by the test.
final class NotificationSocket: Sendable {
    private let socket: UnixSocket

    /// - Parameter name: what stands in NOTIFY_SOCKET.
    init(_ name: String) throws { socket = try .bound(SOCK_DGRAM, to: name) }

    /// The lines of the next message; nil when there is none yet.
    func next() -> [String]? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(socket.descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        guard count >= 0 else { return nil }
        return String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
