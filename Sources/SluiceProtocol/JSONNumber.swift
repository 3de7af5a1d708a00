/// A number of JSON text: an integer unless it has a point or an exponent. A value; made by the reader of the text.
package enum JSONNumber {
    /// No point, no exponent; `-0` is 0.
    case integer(Int64)
    /// The double nearest to the text.
    case float(Double)
}

extension JSONReader {
    /// Passes a number, which is a float whatever it looks like when `isFloat` says so.
    /// - Throws: `invalidInput` for other text, integers beyond 64 bits, and floats that would be infinite.
    package mutating func number(isFloat: Bool = false) throws(SluiceError) -> JSONNumber {
        let start = position
        var digits = Digits()
        var isFloat = isFloat
        let isNegative = position < text.count && text[position] == UInt8(ascii: "-")
        var end = isNegative ? position + 1 : position
        let first = end
        while let digit = digit(at: end) {
            digits.append(digit)
            end += 1
        }
        guard end > first else { throw malformed("expected a value") }
        guard end == first + 1 || text[first] != UInt8(ascii: "0") else { throw malformed("a number starts with a zero") }
        if end < text.count, text[end] == UInt8(ascii: ".") {
            isFloat = true
            end += 1
            let point = end
            while let digit = digit(at: end) {
                digits.append(digit)
                end += 1
            }
            guard end > point else { throw malformed("a number ends with its point", at: end) }
            digits.exponent = point - end
        }
        if end < text.count, text[end] | 0x20 == UInt8(ascii: "e") {
            isFloat = true
            digits.exponent += try exponent(&end)
        }
        advance(to: end)
        if !isFloat { return .integer(try integer(digits, isNegative: isNegative, at: start)) }
        return .float(try float(digits, isNegative: isNegative, start..<end))
    }

    @inline(__always)
    private func digit(at index: Int) -> UInt8? {
        guard index < text.count else { return nil }
        let digit = text[index] &- UInt8(ascii: "0")
        return digit < 10 ? digit : nil
    }

    /// From the `e` on.
    private func exponent(_ end: inout Int) throws(SluiceError) -> Int {
        end += 1
        var isNegative = false
        if end < text.count, text[end] == UInt8(ascii: "+") || text[end] == UInt8(ascii: "-") {
            isNegative = text[end] == UInt8(ascii: "-")
            end += 1
        }
        guard digit(at: end) != nil else { throw malformed("a number ends within its exponent", at: end) }
        var value = 0
        while let digit = digit(at: end) {
            value = min(value * 10 + Int(digit), 1_000_000)
            end += 1
        }
        return isNegative ? -value : value
    }

    private func integer(_ digits: Digits, isNegative: Bool, at start: Int) throws(SluiceError) -> Int64 {
        let limit = UInt64(Int64.max) + (isNegative ? 1 : 0)
        guard !digits.isOverflown, digits.value <= limit else {
            throw .invalidInput("the integer at byte \(start) does not fit in 64 bits; a number with a point or exponent is a float")
        }
        return isNegative ? Int64(truncatingIfNeeded: 0 &- digits.value) : Int64(digits.value)
    }

    private func float(_ digits: Digits, isNegative: Bool, _ range: Range<Int>) throws(SluiceError) -> Double {
        if let magnitude = digits.exactDouble { return isNegative ? -magnitude : magnitude }
        guard let value = Double(String(decoding: text[range], as: UTF8.self)), value.isFinite else {
            throw .invalidInput("the float at byte \(range.lowerBound) is out of a double's range")
        }
        return value
    }
}

/// The digits of a number as an integer, and the power of ten it is to be multiplied by.
private struct Digits {
    var value: UInt64 = 0
    var isOverflown = false
    var exponent = 0

    @inline(__always)
    mutating func append(_ digit: UInt8) {
        let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
        let (sum, isTooLargeBy) = product.addingReportingOverflow(UInt64(digit))
        value = sum
        if isTooLarge || isTooLargeBy { isOverflown = true }
    }

    private static let powers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    /// The nearest double where one multiplication or division of two exact doubles gives it (Clinger 1990); nil for the rest.
    var exactDouble: Double? {
        guard !isOverflown, value <= 1 << 53, abs(exponent) < Self.powers.count else { return nil }
        return exponent < 0 ? Double(value) / Self.powers[-exponent] : Double(value) * Self.powers[exponent]
    }
}
