/// Base64 of RFC 4648 in both alphabets, for page tokens (section 5) and binary in JSON (section 4).
/// Here because Foundation stays off the hot path.
public enum Base64 {
    private static let standard = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let urlSafe = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// Appends the standard alphabet with padding.
    public static func encode(_ bytes: UnsafeRawBufferPointer, to text: inout [UInt8]) {
        append(bytes, standard, isPadded: true, to: &text)
    }

    /// The URL-safe alphabet without padding.
    public static func encodeURLSafe(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        bytes.withUnsafeBytes { append($0, urlSafe, isPadded: false, to: &text) }
        return String(decoding: text, as: UTF8.self)
    }

    private static func append(_ bytes: UnsafeRawBufferPointer, _ alphabet: [UInt8], isPadded: Bool, to text: inout [UInt8]) {
        text.reserveCapacity(text.count + (bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - start)
            var group: UInt32 = 0
            for index in 0..<3 { group = group << 8 | (index < count ? UInt32(bytes[start + index]) : 0) }
            for index in 0...count { text.append(alphabet[Int(group >> (18 - 6 * UInt32(index)) & 63)]) }
            if isPadded { for _ in count..<3 { text.append(0x3d) } }
        }
    }

    /// Decodes either alphabet, padded or not; nil for anything else, spare bits that are not zero included.
    public static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var group: UInt32 = 0
        var bits = 0
        var characters = 0
        var padding = 0
        for character in text {
            let value: UInt32
            switch character {
            case 0x41...0x5a: value = UInt32(character - 0x41)
            case 0x61...0x7a: value = UInt32(character - 0x61 + 26)
            case 0x30...0x39: value = UInt32(character - 0x30 + 52)
            case 0x2b, 0x2d: value = 62
            case 0x2f, 0x5f: value = 63
            case 0x3d:
                padding += 1
                continue
            default: return nil
            }
            guard padding == 0 else { return nil }
            characters += 1
            group = group << 6 | value
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(group >> UInt32(bits) & 0xff))
                group &= (1 << UInt32(bits)) - 1
            }
        }
        guard characters % 4 != 1, group == 0, padding == 0 || (characters + padding) % 4 == 0 && padding <= 2 else { return nil }
        return bytes
    }
}
