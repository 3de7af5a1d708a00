import Glibc

/// Tells systemd how the daemon is (sd_notify(3)): a datagram to the socket in NOTIFY_SOCKET. Without one it does nothing.
struct ServiceNotification {
    private let path: String?

    init(environment: [String: String]) { path = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty || $0.utf8.count > 107 ? nil : $0 } }

    /// The daemon listens.
    func ready(status: String) { send("READY=1\nSTATUS=\(status)") }

    /// The daemon finishes what is in flight and ends.
    func stopping() { send("STOPPING=1\nSTATUS=finishing what is in flight") }

    private func send(_ message: String) {
        guard let path else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // A leading @ names the abstract namespace, which starts with a zero byte (unix(7)) and ends with the name.
        let isAbstract = path.hasPrefix("@")
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = isAbstract ? [0] + path.utf8.dropFirst() : Array(path.utf8) + [0]
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let size = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        var text = message
        _ = text.withUTF8 { bytes in
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    sendto(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL), $0, size)
                }
            }
        }
    }
}
