import Glibc
import SluiceClient

/// A file to read, or standard input as `-`. Owns its descriptor.
final class InputFile: Sendable {
    /// Its path, for messages.
    let name: String
    /// Its size, when it has one.
    let size: Int?
    private let descriptor: Int32

    /// The most that is read at once, and the most that `contents` takes.
    static let chunkBytes = 256 << 10
    static let maxContentsBytes = 64 << 20

    /// - Throws: `invalidInput` with reason `unreadable`.
    init(_ path: String) throws(SluiceError) {
        name = path == "-" ? "standard input" : path
        descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.unreadable(name, errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.unreadable(name, errno) }
        size = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
    }

    deinit { close(descriptor) }

    /// Whether reading answers at once: there are bytes, or the end.
    var isReady: Bool {
        var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&ready, 1, 0) != 0
    }

    /// The next bytes; none at the end. Blocks.
    func read() throws(SluiceError) -> [UInt8] {
        while true {
            var code: Int32 = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: Self.chunkBytes) { buffer, count in
                let read = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                if read < 0 { code = errno }
                count = max(0, read)
            }
            if code == 0 { return bytes }
            guard code == EINTR || code == EAGAIN else { throw Self.unreadable(name, code) }
            var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            poll(&ready, 1, -1)
        }
    }

    /// All of a file.
    static func contents(of path: String) throws(SluiceError) -> [UInt8] {
        let file = try InputFile(path)
        var contents: [UInt8] = []
        while true {
            let bytes = try file.read()
            if bytes.isEmpty { return contents }
            contents += bytes
            guard contents.count <= maxContentsBytes else {
                throw .tooLarge("\(file.name) is larger than \(maxContentsBytes) bytes", limit: "maxContentsBytes", value: maxContentsBytes)
            }
        }
    }

    private static func unreadable(_ name: String, _ code: Int32) -> SluiceError {
        .invalidInput("\(name) cannot be read: \(String(cString: strerror(code)))", reason: "unreadable")
    }
}
