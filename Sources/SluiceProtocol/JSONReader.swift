/// A cursor over JSON text from anywhere (RFC 8259) that finds tokens and builds nothing. A value; owned by who walks the text.
package struct JSONReader {
    /// The text; it must outlive the cursor.
    package let text: UnsafeRawBufferPointer
    /// Where the next token or white space starts.
    package private(set) var position = 0

    /// What stands between a string's quotes.
    package struct StringToken {
        /// Its place in the text.
        package let range: Range<Int>
        /// Whether backslashes are to be undone.
        package let hasEscapes: Bool
    }

    package init(_ text: UnsafeRawBufferPointer) { self.text = text }

    /// Passes white space and answers the first byte of the next token, which stays; nil at the end.
    package mutating func peek() -> UInt8? {
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): position += 1
            case let byte: return byte
            }
        }
        return nil
    }

    /// Passes the next token if it is this byte.
    package mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    /// Passes the next token, which must be this byte.
    /// - Throws: `invalidInput` naming what was expected.
    package mutating func expect(_ byte: UInt8, _ expected: StaticString) throws(SluiceError) {
        guard take(byte) else { throw malformed("expected \(expected)") }
    }

    /// Passes `true`, `false` or `null`.
    /// - Throws: `invalidInput` when the text goes on otherwise.
    package mutating func literal(_ word: StaticString) throws(SluiceError) {
        let bytes = UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard text.count - position >= bytes.count, text[position..<position + bytes.count].elementsEqual(bytes) else {
            throw malformed("expected a value")
        }
        position += bytes.count
    }

    /// Passes a string, whose bytes are then UTF-8 without control characters; its escapes are not looked at.
    /// - Throws: `invalidInput`.
    package mutating func string() throws(SluiceError) -> StringToken {
        guard take(UInt8(ascii: "\"")) else { throw malformed("expected a string") }
        let start = position
        var hasEscapes = false
        var isASCII = true
        while true {
            position = JSONRun.end(in: text, from: position, isASCII: &isASCII)
            guard position < text.count else { throw malformed("a string does not end") }
            switch text[position] {
            case UInt8(ascii: "\""):
                let range = start..<position
                if !isASCII { try checkUnicode(range) }
                position += 1
                return StringToken(range: range, hasEscapes: hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                guard text.count - position >= 2 else { throw malformed("a string does not end") }
                // A second byte over 0x7f must not slip past the check of UTF-8, nor a control character past its own.
                guard (0x20..<0x80).contains(text[position + 1]) else { throw malformed("an escape is none of JSON's") }
                position += 2
            default: throw malformed("a control character in a string must be escaped")
            }
        }
    }

    private func checkUnicode(_ range: Range<Int>) throws(SluiceError) {
        do throws(SluiceError) { try ValueRules.checkUnicode(UnsafeRawBufferPointer(rebasing: text[range])) } catch {
            throw malformed("a string is not valid UTF-8", at: range.lowerBound)
        }
    }

    /// Passes over a map by its quotes and brackets alone, however deep, without checking it.
    /// - Returns: whether it ended.
    package mutating func skipMap() -> Bool {
        var depth = 0
        while let byte = peek() {
            if byte == UInt8(ascii: "\"") {
                guard (try? string()) != nil else { return false }
                continue
            }
            position += 1
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth <= 0 { return true }
            default: break
            }
        }
        return false
    }

    /// Moves on within a token.
    mutating func advance(to next: Int) { position = next }

    /// The error for text that is not JSON, with its place.
    package func malformed(_ message: String, at offset: Int? = nil) -> SluiceError {
        let offset = offset ?? position
        return SluiceError(
            .invalidInput, "malformed JSON: \(message) at byte \(offset)",
            details: ["reason": "malformedJSON", "offset": .integer(Int64(offset))])
    }
}
