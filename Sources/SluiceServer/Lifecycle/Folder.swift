import Glibc

/// Folders that the daemon keeps things in. Stateless.
enum Folder {
    /// Makes a folder and those above it; one that is there is left as it is.
    static func make(_ path: String, mode: UInt32) throws(SystemError) {
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFDIR else { throw SystemError("mkdir", path, number: ENOTDIR) }
            return
        }
        if let slash = path.lastIndex(of: "/"), slash > path.startIndex { try make(String(path[..<slash]), mode: 0o755) }
        guard mkdir(path, mode) == 0 || errno == EEXIST else { throw SystemError("mkdir", path) }
    }
}
