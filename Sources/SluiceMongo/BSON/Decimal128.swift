/// IEEE 754 decimal128 as BSON holds it: a sign, up to 34 digits as a binary integer, and a power of ten
/// (https://github.com/mongodb/specifications/blob/master/source/bson-decimal128/decimal128.md). A value.
struct Decimal128: Equatable {
    /// What is added to the exponent, so that none is negative.
    private static let bias = 6176
    private static let exponents = -bias...6111
    private static let maxCoefficient: UInt128 = 9_999_999_999_999_999_999_999_999_999_999_999
    /// 34 digits and as many zeros as the plain form has before it turns to an exponent, or an exponent; sign and point.
    private static let maxTextCount = 48

    let low: UInt64
    let high: UInt64

    init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// The number of a decimal's text: `-`? digits (`.` digits)? ([eE] [+-]? digits)?. Nil when it has more than 34 digits, or is no such
    /// text.
    init?(text: some Sequence<UInt8>) {
        var coefficient: UInt128 = 0
        var (exponent, scale, sign) = (0, 0, 1)
        var (isNegative, isFraction, isExponent) = (false, false, false)
        for character in text {
            switch character {
            case 0x30...0x39 where isExponent:
                exponent = min(exponent * 10 + Int(character - 0x30), 1_000_000)
            case 0x30...0x39:
                coefficient = coefficient * 10 + UInt128(character - 0x30)
                guard coefficient <= Self.maxCoefficient else { return nil }
                if isFraction { scale += 1 }
            case UInt8(ascii: "-"): if isExponent { sign = -1 } else { isNegative = true }
            case UInt8(ascii: "+"): break
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"): isExponent = true
            default: return nil
            }
        }
        exponent = sign * exponent - scale
        guard Self.exponents.contains(exponent) else { return nil }
        low = UInt64(truncatingIfNeeded: coefficient)
        high = UInt64(coefficient >> 64) | UInt64(exponent + Self.bias) << 49 | (isNegative ? 1 << 63 : 0)
    }

    /// Whether it is a number; `NaN` and the infinities are not.
    var isFinite: Bool { high >> 59 & 0xf != 0xf }

    /// Calls `body` with the canonical text (to-scientific-string of the General Decimal Arithmetic specification); `NaN` and `Infinity`
    /// are
    /// texts too.
    func withText<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeTemporaryAllocation(byteCount: Self.maxTextCount, alignment: 1) { buffer in
            var text = TextBuffer(bytes: buffer)
            write(to: &text)
            return body(UnsafeRawBufferPointer(rebasing: buffer[..<text.count]))
        }
    }

    /// The canonical text.
    var text: String { withText { String(decoding: $0, as: UTF8.self) } }

    private struct TextBuffer {
        let bytes: UnsafeMutableRawBufferPointer
        var count = 0

        mutating func append(_ byte: UInt8) {
            bytes[count] = byte
            count += 1
        }

        mutating func append(_ text: StaticString) { for index in 0..<text.utf8CodeUnitCount { append(text.utf8Start[index]) } }
    }

    /// The exponent and the coefficient. Coefficients of more than 34 digits count as 0, as the standard says.
    private var parts: (exponent: Int, coefficient: UInt128) {
        // The other form of the exponent's place is only for such coefficients.
        if high >> 61 & 3 == 3 { return (Int(high >> 47 & 0x3fff) - Self.bias, 0) }
        let coefficient = UInt128(high & (1 << 49 - 1)) << 64 | UInt128(low)
        return (Int(high >> 49 & 0x3fff) - Self.bias, coefficient > Self.maxCoefficient ? 0 : coefficient)
    }

    private func write(to text: inout TextBuffer) {
        let isNaN = high >> 58 & 0x1f == 0x1f
        if high >> 63 == 1, !isNaN { text.append(UInt8(ascii: "-")) }
        guard isFinite else { return text.append(isNaN ? "NaN" : "Infinity") }
        let (exponent, coefficient) = parts
        withUnsafeTemporaryAllocation(byteCount: 34, alignment: 1) { buffer in
            var first = buffer.count
            func put(_ digit: UInt8) {
                first -= 1
                buffer[first] = 0x30 + digit
            }
            var rest = coefficient
            // Division of 128 bits is slow, and seldom needed.
            while rest > UInt64.max {
                put(UInt8(rest % 10))
                rest /= 10
            }
            var small = UInt64(rest)
            repeat {
                put(UInt8(small % 10))
                small /= 10
            } while small > 0
            Self.write(digits: UnsafeRawBufferPointer(rebasing: buffer[first...]), exponent, to: &text)
        }
    }

    private static func write(digits: UnsafeRawBufferPointer, _ exponent: Int, to text: inout TextBuffer) {
        let adjusted = exponent + digits.count - 1
        let isPlain = exponent <= 0 && adjusted >= -6
        // Digits before the point.
        let whole = isPlain ? digits.count + exponent : 1
        if whole <= 0 {
            text.append("0.")
            for _ in whole..<0 { text.append(UInt8(ascii: "0")) }
        }
        for (index, digit) in digits.enumerated() {
            if index == whole, index > 0 { text.append(UInt8(ascii: ".")) }
            text.append(digit)
        }
        guard !isPlain else { return }
        text.append(adjusted < 0 ? "E-" : "E+")
        for digit in String(abs(adjusted)).utf8 { text.append(digit) }
    }
}
