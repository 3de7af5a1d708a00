import Glibc
import SluiceClient

/// Standard output, buffered. Owned by the one task that runs the command.
final class Output {
    /// Where it leads.
    let terminal: Terminal
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    /// Bytes that are worth a system call.
    private static let enough = 64 << 10

    /// Output to a descriptor, which stays the caller's.
    init(_ descriptor: Int32 = STDOUT_FILENO, terminal: Terminal? = nil) {
        self.descriptor = descriptor
        self.terminal = terminal ?? Terminal(descriptor)
    }

    /// Output that cannot be written: a full disk, most likely.
    struct Failure: Error {
        /// The system's reason.
        let code: Int32
    }

    /// Appends a line.
    func line(_ text: String) throws(Failure) {
        buffer.append(contentsOf: text.utf8)
        try endLine()
    }

    /// Appends one MessagePack value as a line of JSON.
    func json(_ value: UnsafeRawBufferPointer) throws(Failure) {
        var reader = MessagePackReader(value)
        let start = buffer.count
        ExtendedJSON.json(fromMessagePack: &reader, appendTo: &buffer)
        if terminal.isTerminal {
            // JSON lets some characters stand that a terminal obeys. They stand in strings only, so an escape means the same.
            buffer.replaceSubrange(start..., with: DisplayText.safe(String(decoding: buffer[start...], as: UTF8.self)).utf8)
        }
        try endLine()
    }

    /// Appends a record as a line of JSON.
    func json(_ record: Document) throws(Failure) {
        try record.bytes.withBytes { bytes throws(Failure) in try json(bytes) }
    }

    /// Appends a structured value as a line of JSON.
    func json(_ value: StructuredValue) throws(Failure) {
        try value.messagePack[...].withBytes { bytes throws(Failure) in try json(bytes) }
    }

    private func endLine() throws(Failure) {
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count >= Self.enough { try flush() }
    }

    /// Writes what is buffered. A reader that has gone ends the process as SIGPIPE does, without a word.
    func flush() throws(Failure) {
        var rest = buffer[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN: waitUntilWritable()
            case EPIPE: Self.endAsSIGPIPE()
            case let code: throw Failure(code: code)
            }
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Somebody else who shares the descriptor may have made it non-blocking.
    private func waitUntilWritable() {
        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&ready, 1, -1)
    }

    /// A parent may have had SIGPIPE ignored, which is inherited.
    private static func endAsSIGPIPE() -> Never {
        signal(SIGPIPE, SIG_DFL)
        raise(SIGPIPE)
        _exit(128 + SIGPIPE)
    }
}
