import SluiceProtocol

// Decimals are equal by value, but Decimal128 holds only those of 34 digits; longer ones stand as maps of their text.
extension Scalar {
    var isNumber: Bool {
        switch self {
        case .integer, .float: true
        default: false
        }
    }

    var isDecimal: Bool { if case .decimal = self { true } else { false } }

    /// A decimal of the same value that Decimal128 holds, if there is one.
    var sameAsDecimal128: [Scalar] {
        guard case .decimal(let number) = self, let short = DecimalNumber(valueText: number.valueText),
            Decimal128(text: short.text.utf8) != nil
        else { return [] }
        return [.decimal(short)]
    }

    /// The canonical texts of the decimals of the same value that Decimal128 does not hold: those of 35 to 38 digits.
    var longDecimalTexts: [String] {
        guard case .decimal(let number) = self else { return [] }
        let parts = number.valueText.split(separator: "E")
        guard parts.count == 2, let exponent = Int(parts[1]) else { return [] }
        let digits = parts[0].utf8.count - (parts[0].hasPrefix("-") ? 1 : 0)
        return (max(35, digits)...max(38, digits)).compactMap { count in
            let zeros = String(repeating: "0", count: count - digits)
            return DecimalNumber(valueText: "\(parts[0])\(zeros)E\(exponent - count + digits)")?.text
        }
    }
}

extension DecimalNumber {
    fileprivate init?(valueText: String) {
        guard let number = try? Array(valueText.utf8)[...].withBytes({ try DecimalNumber(text: $0) }) else { return nil }
        self = number
    }
}
