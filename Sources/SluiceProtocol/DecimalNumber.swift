/// A finite decimal of up to 38 digits that keeps its trailing zeros: sign, coefficient and exponent, as in the General Decimal Arithmetic
/// specification (https://speleotrove.com/decimal/) and IEEE 754 decimal128.
public struct DecimalNumber: Sendable {
    let isNegative: Bool
    /// ASCII digits without leading zeros; a single `0` for zero.
    let coefficient: [UInt8]
    /// The power of ten of the last digit.
    let exponent: Int

    /// From text: `-`? digits (`.` digits)? ([eE] [+-]? digits)?
    /// - Throws: `invalidInput` when the text is not such a number, has over 38 digits, or its exponent is out of −6176 … 6111.
    public init(text: UnsafeRawBufferPointer) throws(SluiceError) {
        guard text.count <= Limits.maxDecimalBytes else {
            throw .invalidInput("a decimal of \(text.count) bytes; at most \(Limits.maxDecimalBytes)")
        }
        var position = 0
        func isDigit(_ index: Int) -> Bool { index < text.count && (0x30...0x39).contains(text[index]) }
        let isNegative = !text.isEmpty && text[0] == 0x2d
        if isNegative { position = 1 }
        var digits: [UInt8] = []
        var scale = 0
        guard isDigit(position) else { throw Self.notADecimal }
        while isDigit(position) {
            digits.append(text[position])
            position += 1
        }
        if position < text.count, text[position] == 0x2e {
            position += 1
            guard isDigit(position) else { throw Self.notADecimal }
            while isDigit(position) {
                digits.append(text[position])
                scale += 1
                position += 1
            }
        }
        let exponent = try Self.exponent(text, &position)
        guard position == text.count else { throw Self.notADecimal }
        let significant = digits.drop { $0 == 0x30 }
        guard significant.count <= 38 else { throw .invalidInput("a decimal of \(significant.count) digits; at most 38") }
        self.isNegative = isNegative
        self.coefficient = significant.isEmpty ? [0x30] : Array(significant)
        self.exponent = exponent - scale
        guard (-6176...6111).contains(self.exponent) else { throw .invalidInput("a decimal whose exponent is out of -6176 to 6111") }
    }

    /// The canonical text: to-scientific-string.
    public var text: String {
        let sign = isNegative ? "-" : ""
        let digits = String(decoding: coefficient, as: UTF8.self)
        let adjusted = exponent + coefficient.count - 1
        if exponent <= 0, adjusted >= -6 {
            if exponent == 0 { return sign + digits }
            let point = coefficient.count + exponent
            if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
            return sign + String(decoding: coefficient[..<point], as: UTF8.self) + "."
                + String(decoding: coefficient[point...], as: UTF8.self)
        }
        let fraction = coefficient.count > 1 ? "." + String(decoding: coefficient[1...], as: UTF8.self) : ""
        return sign + String(decoding: coefficient[..<1], as: UTF8.self) + fraction + "E" + (adjusted < 0 ? "-" : "+")
            + String(abs(adjusted))
    }

    /// A text that is the same for decimals of the same value: no trailing zeros, no negative zero.
    public var valueText: String {
        var digits = coefficient
        var power = exponent
        while digits.count > 1, digits.last == 0x30 {
            digits.removeLast()
            power += 1
        }
        if digits == [0x30] { return "0" }
        return (isNegative ? "-" : "") + String(decoding: digits, as: UTF8.self) + "E" + String(power)
    }

    /// Appends extension type 2 with the canonical text.
    public func write(to writer: inout MessagePackWriter) {
        var text = text
        text.withUTF8 { writer.ext(ExtensionType.decimal, UnsafeRawBufferPointer($0)) }
    }

    private static var notADecimal: SluiceError { .invalidInput("a decimal that is not digits with an optional sign, point and exponent") }

    private static func exponent(_ text: UnsafeRawBufferPointer, _ position: inout Int) throws(SluiceError) -> Int {
        guard position < text.count, text[position] | 0x20 == 0x65 else { return 0 }
        position += 1
        var isNegative = false
        if position < text.count, text[position] == 0x2b || text[position] == 0x2d {
            isNegative = text[position] == 0x2d
            position += 1
        }
        guard position < text.count else { throw notADecimal }
        var value = 0
        while position < text.count {
            guard (0x30...0x39).contains(text[position]) else { throw notADecimal }
            value = min(value * 10 + Int(text[position] - 0x30), 1_000_000)
            position += 1
        }
        return isNegative ? -value : value
    }
}

extension DecimalNumber: Hashable {
    /// Equal by value: 1.5 and 1.50 are.
    public static func == (left: DecimalNumber, right: DecimalNumber) -> Bool { left.valueText == right.valueText }
    /// Agrees with `==`.
    public func hash(into hasher: inout Hasher) { hasher.combine(valueText) }
}
