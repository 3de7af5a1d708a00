import SluiceProtocol

/// Where a text stands among generated ids, which are stored as twelve bytes and compare as their 24 lowercase hexadecimal digits do.
enum IdBound {
    /// The least id that is not less than a text; nil when all are less.
    static func leastId(notBelow text: some Collection<UInt8>) -> ObjectID? {
        var digits: [UInt8] = []
        for character in text {
            guard digits.count < 24 else { return next(after: digits) }
            if isDigit(character) {
                digits.append(character)
                continue
            }
            guard let larger = nextDigit(after: character) else { return next(after: digits) }
            return padded(digits + [larger])
        }
        return padded(digits)
    }

    private static func isDigit(_ character: UInt8) -> Bool { (0x30...0x39).contains(character) || (0x61...0x66).contains(character) }

    private static func nextDigit(after character: UInt8) -> UInt8? {
        switch character {
        case ..<0x30: 0x30
        case ..<0x39: character + 1
        case ..<0x61: 0x61
        case ..<0x66: character + 1
        default: nil
        }
    }

    private static func padded(_ digits: [UInt8]) -> ObjectID? {
        ObjectID(hex: digits + [UInt8](repeating: 0x30, count: 24 - digits.count))
    }

    /// The least id that is greater than every id that starts with these digits.
    private static func next(after digits: [UInt8]) -> ObjectID? {
        var digits = digits
        while let last = digits.popLast() {
            if let larger = nextDigit(after: last) { return padded(digits + [larger]) }
        }
        return nil
    }
}
