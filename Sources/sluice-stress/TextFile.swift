import Glibc

/// Small text files, those of `/proc` too, whose size is not known before they are read.
enum TextFile {
    /// The file's text, at most 1 MiB of it; nil when it cannot be read.
    static func contents(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while bytes.count < 1 << 20 {
            let count = read(file, &chunk, chunk.count)
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
    /// Writes a file of this text.
    static func write(_ text: String, to path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        let bytes = Array(text.utf8)
        let written = file < 0 ? -1 : Glibc.write(file, bytes, bytes.count)
        let reason = String(cString: strerror(errno))
        if file >= 0 { close(file) }
        guard written == bytes.count else { throw StressFailure(.cannotWrite, "\(path): \(reason)") }
    }
}
