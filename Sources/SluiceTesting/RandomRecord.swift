import SluiceProtocol

/// Records that hold some of everything, kinds in disguise not least.
public enum RandomRecord {
    /// What fields are called, some like kinds of Extended JSON.
    public static let names = ["a", "b", "$date", "$escaped", "$oid", "c d", "é", "\"", "\\", "$binary", "base64", "$numberDecimal", ""]
    /// Where something may stand in such a record.
    public static let paths = [
        "a", "b", "a.b", "b.a", "a.$date", "b.$escaped", "a.a.a", "b.$escaped.a", "c d", "é.\"", "\"", "\\.b", "a.$oid", "b.$binary.base64",
        "a.b.c d", "a.$numberDecimal",
    ]

    /// A map with scalars, lists and maps in it; on the outside with names that a record may have.
    public static func map(depth: Int, using random: inout some RandomNumberGenerator, isTop: Bool = true) -> RecordValue {
        var fields: [String: RecordValue] = [:]
        for _ in 0..<Int.random(in: isTop ? 2...6 : 0...2, using: &random) {
            let name = names.randomElement(using: &random)!
            if isTop, name.isEmpty || name.hasPrefix("$") { continue }
            fields[name] = value(depth: depth - 1, using: &random)
        }
        return RecordValue(fields)
    }

    /// Any value.
    public static func value(depth: Int, using random: inout some RandomNumberGenerator) -> RecordValue {
        switch Int.random(in: 0..<(depth > 0 ? 18 : 12), using: &random) {
        case 0: .null
        case 1: .boolean(.random(using: &random))
        case 2: .integer(.random(in: .min ... .max, using: &random) >> Int64.random(in: 0..<64, using: &random))
        case 3: .float(float(using: &random))
        case 4, 5:
            .string(
                ["", "x", "é\u{1}\"\\", "2026-01-01T00:00:00.000Z", "000000000000000000000001", "1.5", "😀\n\u{7f}"].randomElement(
                    using: &random)!)
        case 6, 7: .binary((0..<Int.random(in: 0..<9, using: &random)).map { _ in .random(in: 0...255, using: &random) })
        case 8, 9: .timestamp(.random(in: Timestamp.validMilliseconds, using: &random))
        case 10: .decimal(["0", "-0.00", "1.50", "1E+3", "12345678901234567890123456789012345678"].randomElement(using: &random)!)
        case 11: .objectID("65a1b2c3d4e5f60718293a4b")
        case 12: .list((0..<Int.random(in: 0..<3, using: &random)).map { _ in value(depth: depth - 1, using: &random) })
        default: map(depth: depth, using: &random, isTop: false)
        }
    }

    /// Any finite float, all bit patterns alike.
    public static func float(using random: inout some RandomNumberGenerator) -> Double {
        while true {
            let float = Double(bitPattern: .random(in: .min ... .max, using: &random))
            if float.isFinite { return float }
        }
    }
}
