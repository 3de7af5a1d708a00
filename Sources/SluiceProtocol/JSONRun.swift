/// Runs of bytes that stand in a JSON string as themselves, found eight bytes at a time. Shared by the reader and the writer.
enum JSONRun {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// The index of the first quote, backslash or control character from `start` on, or the end.
    /// `isASCII` becomes false when the run holds others.
    @inline(__always)
    static func end(in text: UnsafeRawBufferPointer, from start: Int, isASCII: inout Bool) -> Int {
        var position = start
        var high: UInt64 = 0
        defer { if high & highs != 0 { isASCII = false } }
        while text.count - position >= 8 {
            let word = UInt64(littleEndian: text.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let found = zeroes(word ^ (ones &* 0x22)) | zeroes(word ^ (ones &* 0x5c)) | (word &- ones &* 0x20) & ~word & highs
            if found != 0 {
                let count = found.trailingZeroBitCount >> 3
                high |= word & ~(UInt64.max << UInt64(count << 3))
                return position + count
            }
            high |= word
            position += 8
        }
        while position < text.count {
            let byte = text[position]
            if byte == 0x22 || byte == 0x5c || byte < 0x20 { return position }
            high |= UInt64(byte)
            position += 1
        }
        return position
    }

    /// The high bit of each byte that is zero; bits above the lowest one set may be wrong (Mycroft's
    /// trick), which is why only that is used.
    @inline(__always)
    private static func zeroes(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & highs }
}
