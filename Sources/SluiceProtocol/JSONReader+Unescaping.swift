extension JSONReader {
    /// Replaces `bytes` by a string's text with its escapes undone (RFC 8259 section 7).
    /// - Throws: `invalidInput` for unknown escapes, lone surrogates and U+0000.
    package func unescape(_ token: StringToken, into bytes: inout [UInt8]) throws(SluiceError) {
        bytes.removeAll(keepingCapacity: true)
        var position = token.range.lowerBound
        let end = token.range.upperBound
        let content = UnsafeRawBufferPointer(rebasing: text[..<end])
        var isASCII = true
        while position < end {
            let run = JSONRun.end(in: content, from: position, isASCII: &isASCII)
            bytes.append(contentsOf: content[position..<run])
            position = run
            if position < end { try escape(at: &position, end, into: &bytes) }
        }
    }

    /// From the backslash on. The reader of the token has seen that a byte follows it.
    private func escape(at position: inout Int, _ end: Int, into bytes: inout [UInt8]) throws(SluiceError) {
        let letter = text[position + 1]
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(letter)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0c)
        case UInt8(ascii: "n"): bytes.append(0x0a)
        case UInt8(ascii: "r"): bytes.append(0x0d)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"):
            bytes.append(contentsOf: UTF8.encode(try scalar(at: &position, end))!)
            return
        default: throw malformed("an escape is none of JSON's", at: position)
        }
        position += 2
    }

    private func scalar(at position: inout Int, _ end: Int) throws(SluiceError) -> Unicode.Scalar {
        let start = position
        let first = try codeUnit(at: &position, end)
        if let scalar = Unicode.Scalar(first) {
            guard first != 0 else { throw .invalidInput("the string at byte \(start) holds U+0000") }
            return scalar
        }
        guard first < 0xdc00, position < end, text[position] == UInt8(ascii: "\\") else {
            throw malformed("a lone surrogate", at: start)
        }
        let second = try codeUnit(at: &position, end)
        guard (0xdc00..<0xe000).contains(second) else { throw malformed("a lone surrogate", at: start) }
        return Unicode.Scalar(0x1_0000 + (UInt32(first) & 0x3ff) << 10 + UInt32(second) & 0x3ff)!
    }

    /// From the backslash of `\uXXXX` on.
    private func codeUnit(at position: inout Int, _ end: Int) throws(SluiceError) -> UInt16 {
        guard end - position >= 6, text[position + 1] == UInt8(ascii: "u") else {
            throw malformed("a lone surrogate or a short escape", at: position)
        }
        var unit: UInt16 = 0
        for index in position + 2..<position + 6 {
            switch text[index] {
            case let digit where (0x30...0x39).contains(digit): unit = unit << 4 | UInt16(digit - 0x30)
            case let digit where (0x61...0x66).contains(digit | 0x20): unit = unit << 4 | UInt16((digit | 0x20) - 0x61 + 10)
            default: throw malformed("an escape that is not four hexadecimal digits", at: position)
            }
        }
        position += 6
        return unit
    }
}
