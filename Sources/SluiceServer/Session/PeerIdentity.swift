import CEpoll
import Glibc

/// Who is at the other end, by the kernel's word (SO_PEERCRED, unix(7)): nothing a client says can change it.
public struct PeerIdentity: Sendable, CustomStringConvertible {
    /// The process that connected.
    public let process: Int32
    /// Its effective user.
    public let user: UInt32
    /// Its effective group.
    public let group: UInt32

    init(_ descriptor: Int32) throws(SystemError) {
        var process: Int32 = 0
        var user: UInt32 = 0
        var group: UInt32 = 0
        guard sluice_peer_credentials(descriptor, &process, &user, &group) == 0 else { throw SystemError("getsockopt SO_PEERCRED") }
        self.process = process
        self.user = user
        self.group = group
    }

    /// `pid 12, uid 1000`.
    public var description: String { "pid \(process), uid \(user)" }
}
