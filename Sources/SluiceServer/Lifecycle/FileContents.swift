import Glibc

/// Whole small files: read at once, replaced at once. Stateless.
enum FileContents {
    /// Configuration and definitions are small; a file over this many bytes is not one of them.
    private static let maxBytes = 64 << 20

    /// - Returns: the file's bytes; nil when there is no such file.
    static func read(_ path: String) throws(SystemError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw SystemError("open", path)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError("read", path) }
            guard count > 0 else { return bytes }
            bytes.append(contentsOf: buffer[..<count])
            guard bytes.count <= maxBytes else { throw SystemError("read", path, number: EFBIG) }
        }
    }

    /// Writes all, waits until it is on disk, closes.
    private static func write(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws(SystemError) {
        defer { close(descriptor) }
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + offset, $0.count - offset) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError("write", path) }
            offset += count
        }
        guard fsync(descriptor) == 0 else { throw SystemError("fsync", path) }
    }

    /// Replaces a file so that after a crash either the old or the new one is there, whole.
    static func replace(_ path: String, in directory: String, with bytes: [UInt8]) throws(SystemError) {
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemError("open", temporary) }
        try write(bytes, to: descriptor, temporary)
        guard rename(temporary, path) == 0 else { throw SystemError("rename", path) }
        let folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw SystemError("open", directory) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw SystemError("fsync", directory) }
    }
}
