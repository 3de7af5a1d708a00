import SluiceProtocol

/// DynamoDB's numbers, decimal text of up to 38 digits between 1E-130 and 9.99…E+125
/// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html#HowItWorks.DataTypes.Number):
/// from integers and floats, and back without a digit lost.
enum NumberText {
    private static let magnitudes = 1e-130...9.99e125

    /// Whether DynamoDB has the number.
    static func holds(_ value: Double) -> Bool { value == 0 || magnitudes.contains(value.magnitude) }

    /// Appends a float: an integral one within 64 bits by its exact digits, so that it equals the integer, others by the fewest that give
    /// it back.
    /// - Throws: `invalidInput` when it is outside DynamoDB's range.
    static func append(_ value: Double, to text: inout [UInt8]) throws(SluiceError) {
        guard holds(value) else {
            throw .invalidInput("DynamoDB keeps no float outside 1e-130 to 9.99e125, and \(value) is one")
        }
        if let integer = Int64(exactly: value) {
            JSONWriter.integer(integer, to: &text)
        } else {
            JSONWriter.float(value, to: &text)
        }
    }

    /// Appends a stored number to MessagePack: as an integer when it is one of 64 bits, as a float when a float is exactly that, else as a
    /// decimal.
    static func append(_ text: UnsafeRawBufferPointer, to writer: inout MessagePackWriter) throws(SluiceError) {
        if let integer = smallInteger(text) { return writer.integer(integer) }
        guard let number = try? DecimalNumber(text: text) else {
            throw SluiceError(.backendError, "a stored number is none: \(String(decoding: text.prefix(64), as: UTF8.self))")
        }
        if let integer = integer(number) { return writer.integer(integer) }
        let float = Double(String(decoding: text, as: UTF8.self)) ?? .nan
        if float.isFinite, isExactly(number, float) { return writer.float(float) }
        number.write(to: &writer)
    }

    /// Digits with an optional sign, few enough that nothing overflows: nearly all numbers there are.
    private static func smallInteger(_ text: UnsafeRawBufferPointer) -> Int64? {
        let isNegative = text.first == UInt8(ascii: "-")
        let digits = isNegative ? UnsafeRawBufferPointer(rebasing: text[1...]) : text
        guard (1...18).contains(digits.count) else { return nil }
        var value: Int64 = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            value = value * 10 + Int64(digit - 0x30)
        }
        return isNegative ? -value : value
    }

    /// The number as an integer of 64 bits, if it is one, however it is written.
    private static func integer(_ number: DecimalNumber) -> Int64? {
        let parts = number.valueText.split(separator: "E")
        guard parts.count == 2 else { return 0 }
        guard let zeros = Int(parts[1]), (0...18).contains(zeros) else { return nil }
        return Int64(parts[0] + String(repeating: "0", count: zeros))
    }

    /// Whether the number is the shortest text of a float, which is what floats are stored as.
    private static func isExactly(_ number: DecimalNumber, _ float: Double) -> Bool {
        var text = float.description
        return text.withUTF8 { utf8 in (try? DecimalNumber(text: UnsafeRawBufferPointer(utf8))) == number }
    }
}
