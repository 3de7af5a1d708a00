import SluiceProtocol

// What stands in cases for something longer, or for something that depends on when they run.
extension RecordValue {
    /// With what README.md of `protocol/conformance` calls short forms written out.
    /// - Parameter now: seconds since 1970.
    func expanded(now: Int64) -> RecordValue {
        switch self {
        case .list(let elements): return .list(elements.map { $0.expanded(now: now) })
        case .map(let fields):
            if fields.count == 1, let (name, value) = fields.first, let short = Self.expand(name.text, value, now) { return short }
            return .map(fields.mapValues { $0.expanded(now: now) })
        default: return self
        }
    }

    private static func expand(_ name: String, _ value: RecordValue, _ now: Int64) -> RecordValue? {
        switch (name, value) {
        case ("$repeat", .list(let parts)):
            guard parts.count == 2, case .integer(let times) = parts[1] else { return nil }
            return .string(String(repeating: parts[0].text, count: Int(times)))
        case ("$id", .integer(let number)): return ConformanceSuite.id(Int(number))
        case ("$bytes", .integer(let count)): return .binary((0..<count).map { UInt8(truncatingIfNeeded: $0) })
        case ("$list", .integer(let count)): return .list((0..<count).map { .integer($0) })
        case ("$fields", .integer(let count)):
            return RecordValue(Dictionary(uniqueKeysWithValues: (0..<count).map { ("f\($0)", .integer($0)) }))
        case ("$named", .list(let parts)):
            guard parts.count == 2, case .integer(let length) = parts[0] else { return nil }
            return RecordValue([String(repeating: "n", count: Int(length)): parts[1]])
        case ("$ago", .integer(let seconds)): return .timestamp((now - seconds) * 1000)
        case ("$nest", .list(let parts)):
            guard parts.count == 2, case .integer(let levels) = parts[0] else { return nil }
            return (0..<levels).reduce(parts[1].expanded(now: now)) { inner, _ in ["m": inner] }
        default: return nil
        }
    }

    /// With a placeholder in all of its texts and names replaced.
    func replacing(_ placeholder: String, with text: String) -> RecordValue {
        switch self {
        case .string(let own): .string(own.split(separator: placeholder, omittingEmptySubsequences: false).joined(separator: text))
        case .list(let elements): .list(elements.map { $0.replacing(placeholder, with: text) })
        case .map(let fields):
            .map(
                Dictionary(
                    uniqueKeysWithValues: fields.map { name, value in
                        (name.text == placeholder ? ExactText(text) : name, value.replacing(placeholder, with: text))
                    }))
        default: self
        }
    }
}
