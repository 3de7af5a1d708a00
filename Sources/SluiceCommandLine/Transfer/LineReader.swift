import SluiceClient

/// The lines of a file, one after the other, in a buffer that holds little more than the longest. Owned by the one task that reads.
struct LineReader {
    /// One line.
    struct Line {
        /// Counted from 1.
        let number: Int
        /// Without the line feed; nil when the line is too long to be held.
        let bytes: [UInt8]?
    }

    /// The longest line that is held. JSON may spell a byte of a record with six.
    static let maxLineBytes = 96 << 20

    private let file: InputFile
    private let maxLineBytes: Int
    private var buffer: [UInt8] = []
    private var start = 0
    /// Bytes of the buffer that are known to hold no line feed.
    private var searched = 0
    private var number = 0
    private var isAtEnd = false
    /// Bytes that were read and handed out.
    private(set) var offset = 0

    /// Reads from where the file stands.
    init(_ file: InputFile, maxLineBytes: Int = Self.maxLineBytes) {
        self.file = file
        self.maxLineBytes = maxLineBytes
    }

    /// Whether the next line can be had without waiting for whoever writes it.
    var isReady: Bool { isAtEnd || buffer[searched...].contains(UInt8(ascii: "\n")) || file.isReady }

    /// The next line; nil at the end. Blocks until it has come.
    /// - Throws: `invalidInput` with reason `unreadable`.
    mutating func next() throws(SluiceError) -> Line? {
        var isTooLong = false
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                return take(to: end, skipping: 1, isTooLong: isTooLong)
            }
            searched = buffer.count
            if buffer.count - start > maxLineBytes {
                isTooLong = true
                drop(to: buffer.count)
            }
            if isAtEnd { return start < buffer.count || isTooLong ? take(to: buffer.count, skipping: 0, isTooLong: isTooLong) : nil }
            try fill()
        }
    }

    private mutating func take(to end: Int, skipping: Int, isTooLong: Bool) -> Line {
        number += 1
        let line = Line(number: number, bytes: isTooLong || end - start > maxLineBytes ? nil : Array(buffer[start..<end]))
        drop(to: end + skipping)
        return line
    }

    private mutating func drop(to end: Int) {
        offset += end - start
        start = end
        searched = end
    }

    private mutating func fill() throws(SluiceError) {
        buffer.removeSubrange(..<start)
        searched -= start
        start = 0
        let bytes = try file.read()
        isAtEnd = bytes.isEmpty
        buffer += bytes
    }
}
