import Glibc

/// The descriptor of a Unix socket. Closed with its last reference, and never inherited by a process that a test starts.
public final class UnixSocket: Sendable {
    /// What system calls take.
    public let descriptor: Int32

    /// One without a name.
    public init(_ type: __socket_type) throws {
        descriptor = socket(AF_UNIX, Int32(type.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw TestServerFailure("socket: \(String(cString: strerror(errno)))") }
    }

    /// Takes a descriptor over.
    public init(adopting descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// A socket with a name.
    /// - Parameter name: a path, or after a leading `@` a name in the abstract namespace (unix(7)).
    public static func bound(_ type: __socket_type, to name: String) throws -> UnixSocket {
        let made = try UnixSocket(type)
        try made.addressed(name, "bind") { bind(made.descriptor, $0, $1) }
        return made
    }

    /// A stream socket that listens.
    public static func listening(at path: String) throws -> UnixSocket {
        let made = try bound(SOCK_STREAM, to: path)
        guard listen(made.descriptor, 64) == 0 else { throw TestServerFailure("listen: \(String(cString: strerror(errno)))") }
        return made
    }

    /// A stream socket that is connected.
    public static func connected(to path: String) throws -> UnixSocket {
        let made = try UnixSocket(SOCK_STREAM)
        try made.addressed(path, "connect") { connect(made.descriptor, $0, $1) }
        return made
    }

    /// Two stream sockets, connected to each other.
    public static func pair() throws -> (UnixSocket, UnixSocket) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw TestServerFailure("socketpair: \(String(cString: strerror(errno)))")
        }
        return (UnixSocket(adopting: ends[0]), UnixSocket(adopting: ends[1]))
    }

    private func addressed(_ name: String, _ call: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) throws {
        let bytes = name.hasPrefix("@") ? [0] + name.utf8.dropFirst() : Array(name.utf8) + [0]
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let answer = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)) }
        }
        guard answer == 0 else { throw TestServerFailure("\(call) \(name): \(String(cString: strerror(errno)))") }
    }
}
