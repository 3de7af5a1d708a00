import Glibc
import SluiceTesting

/// Stands between clients and a daemon on Unix sockets; what it hands on is its maker's business. Lives as long as the test's process; its
/// connections end with those of the two sides.
enum SocketProxy {
    /// Listens at a path of its own, and has a thread carry each connection.
    /// - Returns: that path.
    static func start(
        before daemon: String, at path: String, _ carry: @escaping @Sendable (_ client: UnixSocket, _ server: UnixSocket) -> Void
    ) throws -> String {
        let listener = try UnixSocket.listening(at: path)
        DetachedThread.start {
            while case let accepted = accept(listener.descriptor, nil, nil), accepted >= 0 {
                _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
                let client = UnixSocket(adopting: accepted)
                guard let server = try? UnixSocket.connected(to: daemon) else { break }
                DetachedThread.start { carry(client, server) }
            }
        }
        return path
    }
}

extension UnixSocket {
    /// Sends all of it.
    /// - Returns: whether the other side took it.
    func sendAll(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let moved = rest.withUnsafeBytes { send(descriptor, $0.baseAddress!, $0.count, Int32(MSG_NOSIGNAL)) }
            guard moved > 0 else { return false }
            rest = rest.dropFirst(moved)
        }
        return true
    }

    /// Ends it for both sides.
    func shut() { shutdown(descriptor, Int32(SHUT_RDWR)) }
}
