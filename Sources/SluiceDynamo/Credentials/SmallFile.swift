import Glibc

/// A small text file of AWS's: profiles, a token.
enum SmallFile {
    /// The longest that is read, bytes.
    static let maxBytes = 1 << 20

    /// The file's text.
    /// - Returns: nil when there is no such file.
    /// - Throws: when it cannot be read or is too long; the message names the file.
    static func text(_ path: String) throws(CredentialFailure) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw failure(path)
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: maxBytes + 1)
        var length = 0
        while length < bytes.count {
            let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + length, $0.count - length) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(path) }
            if count == 0 { return String(decoding: bytes[..<length], as: UTF8.self) }
            length += count
        }
        throw CredentialFailure(message: "\(path) is longer than \(maxBytes) bytes")
    }

    private static func failure(_ path: String) -> CredentialFailure {
        CredentialFailure(message: "\(path): \(String(cString: strerror(errno)))")
    }
}
