import CMongoC
import SluiceProtocol
import SluiceTesting
import Testing

@testable import SluiceMongo

/// Decimal128 from and to text, against libbson.
@Suite struct Decimal128Tests {
    private static let tooLong = (0..<34).reduce(UInt128(1)) { power, _ in power * 10 }

    private static func oracle(_ value: Decimal128) -> String {
        var native = bson_decimal128_t()
        (native.low, native.high) = (value.low, value.high)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(BSON_DECIMAL128_STRING)) { buffer in
            bson_decimal128_to_string(&native, buffer.baseAddress!)
            return String(cString: buffer.baseAddress!)
        }
    }

    private static func oracle(_ text: String) -> Decimal128? {
        var native = bson_decimal128_t()
        return bson_decimal128_from_string(text, &native) ? Decimal128(low: native.low, high: native.high) : nil
    }

    @Test func anyBitsHaveTheTextThatLibbsonGives() {
        var random = SeededGenerator(seed: 128)
        for round in 0..<200_000 {
            var value = Decimal128(low: .random(in: 0 ... .max, using: &random), high: .random(in: 0 ... .max, using: &random))
            // Mostly coefficients that are some, and exponents near 0.
            if round % 4 != 0 {
                let coefficient = UInt64.random(in: 0...0x1_ffff, using: &random) >> UInt64.random(in: 0...17, using: &random)
                let exponent = UInt64(6176 + Int.random(in: -45...10, using: &random))
                value = Decimal128(
                    low: value.low >> UInt64.random(in: 0...63, using: &random), high: value.high & 1 << 63 | exponent << 49 | coefficient)
            }
            // A coefficient of 35 digits counts as 0 by the standard; libbson prints some of them.
            if value.high >> 61 & 3 != 3, UInt128(value.high & (1 << 49 - 1)) << 64 | UInt128(value.low) >= Self.tooLong {
                #expect(value.text.hasPrefix(value.high >> 63 == 1 ? "-0" : "0"))
            } else {
                #expect(value.text == Self.oracle(value))
            }
        }
    }

    @Test func aTextHasTheBitsThatLibbsonGives() {
        var random = SeededGenerator(seed: 34)
        for _ in 0..<100_000 {
            let digits = (0..<Int.random(in: 1...38, using: &random)).map { _ in String(Int.random(in: 0...9, using: &random)) }.joined()
            let exponent =
                Int.random(in: 0...3, using: &random) == 0
                ? Int.random(in: -6176...6111, using: &random) : Int.random(in: -40...8, using: &random)
            let text = "\(Bool.random(using: &random) ? "-" : "")\(digits)E\(exponent)"
            guard let number = try? Array(text.utf8).withUnsafeBytes({ try DecimalNumber(text: $0) }) else {
                Issue.record("'\(text)' is no decimal")
                continue
            }
            let value = Decimal128(text: text.utf8)
            let isShort = digits.drop { $0 == "0" }.count <= 34
            #expect((value != nil) == isShort, "'\(text)'")
            guard let value, let expected = Self.oracle(number.text) else { continue }
            #expect(value.low == expected.low && value.high == expected.high, "'\(text)'")
            #expect(value.text == number.text)
        }
    }
}
