/// The bytes of a JSON string one by one, with its escapes undone (RFC 8259 section 7). Made for one comparison; owns nothing.
struct JSONEscapes {
    private let text: UnsafeRawBufferPointer
    private var position: Int
    private let end: Int
    private var pending: UInt64 = 0

    /// What stands between the quotes.
    init(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) {
        self.text = text
        position = range.lowerBound
        end = range.upperBound
    }

    /// The next byte; nil at the end.
    mutating func next() -> UInt8? {
        if pending != 0 {
            defer { pending >>= 8 }
            return UInt8(truncatingIfNeeded: pending)
        }
        guard position < end else { return nil }
        defer { position += 1 }
        guard text[position] == UInt8(ascii: "\\"), position + 1 < end else { return text[position] }
        position += 1
        switch text[position] {
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "f"): return 0x0c
        case UInt8(ascii: "n"): return 0x0a
        case UInt8(ascii: "r"): return 0x0d
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "u"): return codePoint()
        default: return text[position]
        }
    }

    /// At the `u`; leaves the position on the last digit, and the bytes but the first pending.
    private mutating func codePoint() -> UInt8 {
        var value = hexadecimal(at: position + 1)
        position += 4
        if (0xd800..<0xdc00).contains(value), position + 6 < end, text[position + 1] == UInt8(ascii: "\\"),
            text[position + 2] == UInt8(ascii: "u")
        {
            value = 0x10000 + (value - 0xd800) << 10 + (hexadecimal(at: position + 3) & 0x3ff)
            position += 6
        }
        let scalar = Unicode.Scalar(value) ?? "\u{fffd}"
        var bytes: UInt64 = 0
        for (index, byte) in UTF8.encode(scalar)!.enumerated() { bytes |= UInt64(byte) << UInt64(8 * index) }
        pending = bytes >> 8
        return UInt8(truncatingIfNeeded: bytes)
    }

    private func hexadecimal(at start: Int) -> UInt32 {
        guard start + 4 <= end else { return 0xfffd }
        return UInt32(String(decoding: text[start..<start + 4], as: UTF8.self), radix: 16) ?? 0xfffd
    }
}
