import CEpoll
import Glibc

/// The socket that clients connect to: made here, or handed over by systemd. Owned by the server.
final class ListenerSocket {
    let descriptor: Int32
    /// The file to remove at the end; nil when it is the service manager's.
    private let ownPath: String?
    /// Given up for a moment when the process has no descriptor left, so that a client can be accepted and closed instead of spinning.
    private var spare: Int32

    /// Connections that wait to be accepted; the kernel caps it at net.core.somaxconn.
    static let backlog: Int32 = 4096

    /// Takes over a listener that was handed to the process.
    init(adopting descriptor: Int32) {
        self.descriptor = descriptor
        ownPath = nil
        spare = open("/dev/null", O_RDONLY | O_CLOEXEC)
    }

    /// Binds a socket; a stale file is replaced, a live one is not.
    /// - Throws: `StartError` when another daemon listens there or the path cannot be used.
    init(path: String, mode: UInt32) throws(StartError) {
        try Self.makeFolder(of: path)
        try Self.removeStale(path)
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw StartError("\(SystemError("socket"))") }
        ownPath = path
        spare = open("/dev/null", O_RDONLY | O_CLOEXEC)
        var address = UnixAddress(path)
        // Nobody may connect between bind(2) and chmod(2).
        let mask = umask(0o177)
        let answer = address.withPointer { bind(descriptor, $0, $1) }
        let failure = answer == 0 ? nil : SystemError("bind", path)
        umask(mask)
        if let failure { throw StartError("\(failure)") }
        guard chmod(path, mode) == 0 else { throw StartError("\(SystemError("chmod", path))") }
        guard listen(descriptor, Self.backlog) == 0 else { throw StartError("\(SystemError("listen", path))") }
    }

    deinit {
        close(descriptor)
        if spare >= 0 { close(spare) }
    }

    /// Where it listens, for people.
    var place: String { ownPath ?? "the service manager's socket" }

    /// Lets nobody connect any more.
    /// - Returns: whether those in the backlog are ours to accept; the service manager's socket goes on, and keeps them for the next
    ///   daemon.
    func refuseMore() -> Bool {
        guard let ownPath else { return false }
        unlink(ownPath)
        // Only on a socket of our own: whoever holds a listener that was handed over would share the shutdown.
        _ = sluice_shutdown_reading(descriptor)
        return true
    }

    /// How an accept ended.
    enum Accepted {
        /// A client's descriptor, non-blocking and close-on-exec.
        case client(Int32)
        /// Nobody waits.
        case none
        /// A client was turned away, since the process or the system has no descriptor left.
        case exhausted
    }

    func accept() -> Accepted {
        while true {
            let client = sluice_accept(descriptor)
            if client >= 0 { return .client(client) }
            switch errno {
            case EINTR, ECONNABORTED: continue
            case EMFILE, ENFILE: return turnAway()
            default: return .none
            }
        }
    }

    private func turnAway() -> Accepted {
        guard spare >= 0 else { return .none }
        close(spare)
        let client = sluice_accept(descriptor)
        if client >= 0 { close(client) }
        spare = open("/dev/null", O_RDONLY | O_CLOEXEC)
        return .exhausted
    }

    /// The folder is made private; the temporary directory's must be ours and nobody else's, as clients will demand.
    private static func makeFolder(of path: String) throws(StartError) {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
        let folder = String(path[..<slash])
        do { try Folder.make(folder, mode: folder.hasPrefix("/run/") ? 0o755 : 0o700) } catch { throw StartError("\(error)") }
    }

    private static func removeStale(_ path: String) throws(StartError) {
        // connect(2) refuses other files with the same words as a socket on which nobody listens.
        var status = stat()
        if lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFSOCK {
            throw StartError("the socket cannot be made: \(path) is there and is not a socket")
        }
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard probe >= 0 else { throw StartError("\(SystemError("socket"))") }
        defer { close(probe) }
        var address = UnixAddress(path)
        if address.withPointer({ connect(probe, $0, $1) }) == 0 {
            let owner = (try? PeerIdentity(probe)).map { ", pid \($0.process)" } ?? ""
            throw StartError("already running\(owner): a daemon listens on \(path)", .alreadyRunning)
        }
        switch errno {
        case ENOENT: return
        case ECONNREFUSED:
            guard unlink(path) == 0 else { throw StartError("\(SystemError("unlink", path))") }
        case EAGAIN: throw StartError("already running: a daemon with a full backlog listens on \(path)", .alreadyRunning)
        default: throw StartError("\(SystemError("connect", path)); whether a daemon listens there cannot be told")
        }
    }
}
