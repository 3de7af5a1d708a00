import Glibc

/// A path as the kernel takes it (unix(7)).
struct UnixAddress {
    private var address = sockaddr_un()

    /// The path must have fewer than 108 bytes, which the configuration has checked.
    init(_ path: String) {
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { bytes in
            precondition(path.utf8.count < bytes.count, "a socket's path is too long")
            bytes.copyBytes(from: path.utf8)
        }
    }

    mutating func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }
}
