import SluiceProtocol

extension LikePattern {
    /// The pattern as a regular expression that matches whole strings only, every literal escaped.
    ///
    /// `[\s\S]` stands for any character, line ends too, and `(?![\s\S])` for the end of the text: `$` would also match before a line end
    /// at
    /// the end (https://www.pcre.org/current/doc/html/pcre2pattern.html).
    var regularExpression: [UInt8] {
        var expression = Array("^".utf8)
        for (index, segment) in segments.enumerated() {
            if index > 0, index < segments.count - 1 || !segment.isEmpty { expression += Array("[\\s\\S]*".utf8) }
            for byte in segment {
                if !Self.isPlain(byte) { expression.append(UInt8(ascii: "\\")) }
                expression.append(byte)
            }
        }
        if isExact || !segments[segments.count - 1].isEmpty { expression += Array("(?![\\s\\S])".utf8) }
        return expression
    }

    /// Letters, digits, `_` and all that is not ASCII stand for themselves.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x5f, 0x80...: true
        default: false
        }
    }
}
