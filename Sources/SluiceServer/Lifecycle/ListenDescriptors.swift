import Glibc

/// The listener that systemd hands over (sd_listen_fds(3)): from descriptor 3 on, as many as
/// LISTEN_FDS says, when LISTEN_PID is this process.
enum ListenDescriptors {
    private static let first: Int32 = 3

    /// The one listener that was handed over, set close-on-exec and non-blocking; the variables are
    /// unset so that no child takes them for its own.
    /// - Returns: nil when the service manager handed nothing over.
    /// - Throws: `StartError` when what was handed over is not exactly one listening Unix stream socket.
    static func take(environment: [String: String]) throws(StartError) -> Int32? {
        defer { for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) } }
        guard let process = environment["LISTEN_PID"], let countText = environment["LISTEN_FDS"], Int32(process) == getpid() else {
            return nil
        }
        guard let count = Int32(countText), count >= 0 else { throw StartError("LISTEN_FDS is '\(countText)', not a count") }
        guard count > 0 else { return nil }
        for descriptor in first..<first + min(count, 1024) { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        guard count == 1 else {
            throw StartError("the service manager handed over \(count) sockets; sluiced takes exactly one ListenStream")
        }
        guard option(SO_TYPE) == Int32(SOCK_STREAM.rawValue), option(SO_DOMAIN) == AF_UNIX, option(SO_ACCEPTCONN) == 1 else {
            throw StartError("what the service manager handed over is not a listening Unix stream socket")
        }
        _ = fcntl(first, F_SETFL, fcntl(first, F_GETFL, 0) | O_NONBLOCK)
        return first
    }

    private static func option(_ name: Int32) -> Int32? {
        var value: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(first, SOL_SOCKET, name, &value, &size) == 0 ? value : nil
    }
}
