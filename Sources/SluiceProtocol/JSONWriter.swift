/// Appends tokens of JSON to bytes that the caller owns.
package enum JSONWriter {
    private static let hexadecimal = Array("0123456789abcdef".utf8)

    /// Text in quotes: what RFC 8259 section 7 makes an escape is escaped, everything else stands as it is.
    package static func string(_ utf8: UnsafeRawBufferPointer, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        var position = 0
        var isASCII = true
        while true {
            let run = JSONRun.end(in: utf8, from: position, isASCII: &isASCII)
            text.append(contentsOf: UnsafeRawBufferPointer(rebasing: utf8[position..<run]))
            guard run < utf8.count else { break }
            escape(utf8[run], to: &text)
            position = run + 1
        }
        text.append(UInt8(ascii: "\""))
    }

    private static func escape(_ byte: UInt8, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: text.append(UInt8(ascii: "b"))
        case 0x0c: text.append(UInt8(ascii: "f"))
        case 0x0a: text.append(UInt8(ascii: "n"))
        case 0x0d: text.append(UInt8(ascii: "r"))
        case 0x09: text.append(UInt8(ascii: "t"))
        case 0..<0x20:
            ascii("u00", to: &text)
            text.append(hexadecimal[Int(byte >> 4)])
            text.append(hexadecimal[Int(byte & 15)])
        default: text.append(byte)
        }
    }

    /// Digits with a sign where it is needed.
    package static func integer(_ value: Int64, to text: inout [UInt8]) {
        if value < 0 { text.append(UInt8(ascii: "-")) }
        var rest = value.magnitude
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var first = 20
        repeat {
            first -= 1
            digits[first] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        } while rest > 0
        for index in first..<20 { text.append(digits[index]) }
    }

    /// The fewest digits that give the same double back, always with a point or an exponent.
    package static func float(_ value: Double, to text: inout [UInt8]) {
        precondition(value.isFinite, "NaN and infinities are refused where values come in")
        var description = value.description
        description.withUTF8 { text.append(contentsOf: $0) }
    }

    /// Text without anything to escape, as it is.
    package static func ascii(_ word: StaticString, to text: inout [UInt8]) {
        text.append(contentsOf: UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    }
}
