import Glibc
import SluiceProtocol

/// Where a daemon may listen, in the order in which a client looks (PROTOCOL.md section 1).
public struct SocketPath: Sendable, Equatable {
    /// One place.
    public struct Place: Sendable, Equatable {
        /// The socket's path.
        public let path: String
        /// Its folder lies where anybody may write, and must be checked before connecting.
        public let isInSharedFolder: Bool
    }

    /// The places, the first first.
    public let places: [Place]

    /// - Parameters:
    ///   - given: the caller's path; then nothing else is tried.
    ///   - environment: looks a variable up; the process's own by default.
    ///   - user: the real user id.
    public init(
        given: String? = nil, environment: (String) -> String? = { name in getenv(name).map { String(cString: $0) } },
        user: UInt32 = getuid()
    ) {
        func variable(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
        if let only = given ?? variable("SLUICE_SOCKET") {
            places = [Place(path: only, isInSharedFolder: false)]
            return
        }
        var places: [Place] = []
        if let runtime = variable("XDG_RUNTIME_DIR") {
            places.append(Place(path: runtime + "/sluice/sluice.sock", isInSharedFolder: false))
        }
        places.append(Place(path: "/run/sluice/sluice.sock", isInSharedFolder: false))
        let temporary = variable("TMPDIR") ?? "/tmp"
        places.append(Place(path: "\(temporary)/sluice-\(user)/sluice.sock", isInSharedFolder: true))
        self.places = places
    }

    /// Connects to the first place where a daemon listens.
    /// - Throws: `unavailable` naming each place and why nobody is there; `unauthorized` when the private folder is not private or the
    ///   socket may not be opened; `invalidInput` for a path that is too long for a socket.
    func connect() throws(SluiceError) -> Socket {
        var absent: [String] = []
        for place in places {
            if place.isInSharedFolder {
                guard try Self.checkPrivateFolder(of: place.path) else {
                    absent.append("\(place.path) (no such folder)")
                    continue
                }
            }
            switch try Self.connect(place.path) {
            case .connected(let socket): return socket
            case .absent(let why): absent.append("\(place.path) (\(why))")
            }
        }
        throw SluiceError(
            .unavailable,
            "no daemon is listening; tried " + absent.joined(separator: ", ")
                + ". Start one with 'sluiced', or name its socket in SLUICE_SOCKET",
            details: ["reason": "noDaemon"])
    }

    private enum Attempt {
        case connected(Socket)
        case absent(String)
    }

    private static func connect(_ path: String) throws(SluiceError) -> Attempt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < room else {
            throw .invalidInput("the socket's path has \(path.utf8.count) bytes; at most \(room - 1): \(path)")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw SluiceError(.unavailable, "no socket could be made: \(String(cString: strerror(errno)))") }
        let socket = Socket(descriptor)
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status != 0 else { return .connected(socket) }
        let code = errno
        let why = String(cString: strerror(code))
        switch code {
        case ENOENT, ECONNREFUSED: return .absent(why)
        case EACCES, EPERM: throw SluiceError(.unauthorized, "the socket \(path) may not be opened: \(why)")
        // unix(7): a non-blocking connect answers EAGAIN when the listener's backlog is full.
        case EAGAIN: throw SluiceError(.unavailable, "the daemon at \(path) is too busy to take a connection")
        default: throw SluiceError(.unavailable, "connecting to \(path) failed: \(why)")
        }
    }

    /// - Returns: false when the folder does not exist.
    /// - Throws: `unauthorized` with reason `privateFolder`, saying which check failed.
    static func checkPrivateFolder(of path: String, user: UInt32 = getuid()) throws(SluiceError) -> Bool {
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        var status = stat()
        guard lstat(folder, &status) == 0 else {
            if errno == ENOENT { return false }
            throw refused(folder, "it cannot be examined: \(String(cString: strerror(errno)))")
        }
        let kind = status.st_mode & S_IFMT
        guard kind != S_IFLNK else { throw refused(folder, "it is a symbolic link") }
        guard kind == S_IFDIR else { throw refused(folder, "it is not a directory") }
        guard status.st_uid == user else { throw refused(folder, "it belongs to user \(status.st_uid), not \(user)") }
        guard status.st_mode & 0o7777 == 0o700 else {
            throw refused(folder, "its mode is \(String(status.st_mode & 0o7777, radix: 8)), not 700")
        }
        return true
    }

    private static func refused(_ folder: String, _ why: String) -> SluiceError {
        SluiceError(.unauthorized, "the private folder \(folder) is refused: \(why)", details: ["reason": "privateFolder"])
    }
}
