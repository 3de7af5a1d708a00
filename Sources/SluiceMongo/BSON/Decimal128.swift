import CMongoC

/// IEEE 754 decimal128 as BSON holds it, from and to text by libbson.
struct Decimal128 {
    /// The key of the map that stands for a decimal of more digits, as in MongoDB's Extended JSON.
    static let mapKey = "$numberDecimal"

    let low: UInt64
    let high: UInt64

    /// The number of a canonical text; nil when its text would come back changed: it has at most 34 digits.
    static func exactly(_ text: String) -> Decimal128? {
        var value = bson_decimal128_t()
        guard bson_decimal128_from_string(text, &value) else { return nil }
        let number = Decimal128(low: value.low, high: value.high)
        return number.text == text ? number : nil
    }

    /// The canonical text; `NaN` and `Infinity` are texts too.
    var text: String {
        var value = bson_decimal128_t()
        value.low = low
        value.high = high
        // "The string buffer must be BSON_DECIMAL128_STRING bytes or greater" (bson_decimal128_to_string).
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(BSON_DECIMAL128_STRING)) { buffer in
            bson_decimal128_to_string(&value, buffer.baseAddress!)
            return String(cString: buffer.baseAddress!)
        }
    }
}
