import Glibc

/// The listener that systemd hands over: from descriptor 3 on, as many as LISTEN_FDS says, when LISTEN_PID is this process.
/// The checks are those of sd_listen_fds(3) and sd_is_socket_unix(3).
enum ListenDescriptors {
    /// SD_LISTEN_FDS_START of sd_listen_fds(3).
    static let first: Int32 = 3

    /// Where there are more, they are too many anyway.
    private static let maxCount: Int32 = 1024

    /// The one listener that was handed over, set close-on-exec and non-blocking. The variables are unset, whatever they say, so
    /// that no child takes them for its own.
    /// - Parameters:
    ///   - first: the first descriptor, for tests.
    ///   - unset: removes a variable from the environment.
    /// - Returns: nil when the service manager handed nothing over, or not to this process.
    /// - Throws: `StartError` when what was handed over is not exactly one listening Unix stream socket.
    static func take(
        environment: [String: String], first: Int32 = first, unset: (String) -> Void = { unsetenv($0) }
    ) throws(StartError) -> Int32? {
        defer { for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unset(name) } }
        guard let processText = environment["LISTEN_PID"] else { return nil }
        guard let process = Int32(processText), process > 0 else { throw wrong("LISTEN_PID is '\(processText)', not a process id") }
        // Meant for a process that this one descends from.
        guard process == getpid(), let countText = environment["LISTEN_FDS"] else { return nil }
        guard let count = Int32(countText), count >= 0 else { throw wrong("LISTEN_FDS is '\(countText)', not a count") }
        guard count > 0 else { return nil }
        for descriptor in first..<first + min(count, maxCount) {
            guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else { throw wrong("descriptor \(descriptor) is not open") }
        }
        guard count == 1 else { throw wrong("\(count) sockets; sluiced takes exactly one ListenStream") }
        try check(first)
        guard fcntl(first, F_SETFL, fcntl(first, F_GETFL, 0) | O_NONBLOCK) == 0 else { throw StartError("\(SystemError("fcntl"))") }
        return first
    }

    private static func check(_ descriptor: Int32) throws(StartError) {
        guard let type = option(SO_TYPE, of: descriptor) else { throw wrong("descriptor \(descriptor), which is not a socket") }
        let isStream = type == Int32(SOCK_STREAM.rawValue)
        guard isStream else { throw wrong("a datagram or packet socket; sluiced takes a stream socket (ListenStream)") }
        guard option(SO_DOMAIN, of: descriptor) == AF_UNIX else {
            throw wrong("a network socket; sluiced takes a Unix socket (ListenStream=/PATH)")
        }
        guard option(SO_ACCEPTCONN, of: descriptor) == 1 else {
            throw wrong("a socket that does not listen; sluiced accepts by itself (Accept=no)")
        }
    }

    private static func option(_ name: Int32, of descriptor: Int32) -> Int32? {
        var value: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, name, &value, &size) == 0 ? value : nil
    }

    private static func wrong(_ what: String) -> StartError {
        StartError("the service manager handed over what cannot be used: \(what)", .misconfigured)
    }
}
