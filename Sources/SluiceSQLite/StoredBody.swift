import SluiceProtocol

/// A cursor over a record's JSON text that finds one field without building anything: what conditions on fields without a column look at
/// for each row. It takes any JSON, since people may edit the file by hand; where the text is none, the field is missing.
struct StoredBody {
    private let text: UnsafeRawBufferPointer
    private var position = 0

    /// The text of one JSON object; it must outlive the cursor.
    init(_ text: UnsafeRawBufferPointer) { self.text = text }

    /// Moves to the value at a dotted path through maps.
    /// - Returns: whether it is there.
    mutating func seek(path: UnsafeRawBufferPointer) -> Bool {
        var start = 0
        while true {
            var end = start
            while end < path.count, path[end] != UInt8(ascii: ".") { end += 1 }
            guard enterMap(), seek(key: UnsafeRawBufferPointer(rebasing: path[start..<end])) else { return false }
            if end == path.count { return true }
            start = end + 1
        }
    }

    /// What stands at the cursor.
    enum Value: Equatable {
        /// null, or no JSON
        case null
        /// a string's text between the quotes, and whether it has escapes
        case string(Range<Int>, hasEscapes: Bool)
        /// any other scalar
        case other(SQLiteValue)
        /// a map or list
        case container
    }

    /// Reads the value at the cursor.
    mutating func value() -> Value {
        skipSpace()
        guard let byte else { return .null }
        switch byte {
        case UInt8(ascii: "\""):
            guard let string = skipString() else { return .null }
            return .string(string.range, hasEscapes: string.hasEscapes)
        case UInt8(ascii: "t"): return .other(SQLiteValue(.boolean(true)))
        case UInt8(ascii: "f"): return .other(SQLiteValue(.boolean(false)))
        case UInt8(ascii: "["): return .container
        case UInt8(ascii: "{"): return kind().flatMap { $0 == .escaped ? nil : scalar(of: $0) } ?? .container
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return number()
        default: return .null
        }
    }

    /// The text of a string with its escapes undone.
    func unescaped(_ range: Range<Int>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(range.count)
        var escapes = JSONEscapes(text, range)
        while let character = escapes.next() { result.append(character) }
        return result
    }

    // MARK: maps

    /// The one-key maps that stand for what JSON lacks.
    private enum Kind: CaseIterable {
        case date, objectID, decimal, binary, escaped

        var key: StaticString {
            switch self {
            case .date: "$date"
            case .objectID: "$oid"
            case .decimal: "$numberDecimal"
            case .binary: "$binary"
            case .escaped: "$escaped"
            }
        }
    }

    /// Moves behind the `{` of a map of the caller's, whether escaped or not; anything else is no map.
    private mutating func enterMap() -> Bool {
        skipSpace()
        guard byte == UInt8(ascii: "{") else { return false }
        if let kind = kind() {
            guard kind == .escaped, enterSoleValue() else { return false }
            skipSpace()
            guard byte == UInt8(ascii: "{") else { return false }
        }
        position += 1
        return true
    }

    /// Moves from the `{` of a one-key map to its value.
    private mutating func enterSoleValue() -> Bool {
        position += 1
        skipSpace()
        return skipString() != nil && skip(UInt8(ascii: ":"))
    }

    /// The kind for which the map at the cursor stands; nil for a map of the caller's.
    private func kind() -> Kind? {
        var cursor = self
        cursor.position += 1
        cursor.skipSpace()
        guard cursor.position + 1 < text.count, text[cursor.position + 1] == UInt8(ascii: "$"), let key = cursor.skipString(),
            let kind = Kind.allCases.first(where: { $0.key.bytes.elementsEqual(text[key.range]) }),
            cursor.skip(UInt8(ascii: ":")), cursor.skipValue()
        else { return nil }
        cursor.skipSpace()
        return cursor.byte == UInt8(ascii: "}") ? kind : nil
    }

    /// The value that a one-key map stands for; nil when its text is not what the kind needs.
    private mutating func scalar(of kind: Kind) -> Value? {
        guard enterSoleValue() else { return nil }
        skipSpace()
        if kind == .binary {
            guard enterMap(), seek(key: ("base64" as StaticString).bytes) else { return nil }
            skipSpace()
        }
        guard let string = skipString() else { return nil }
        let payload = UnsafeRawBufferPointer(rebasing: text[string.range])
        switch kind {
        case .date: return Timestamp(text: String(decoding: payload, as: UTF8.self)).map { .other(SQLiteValue(.timestamp($0))) }
        case .objectID: return ObjectID(hex: payload).map { .other(SQLiteValue(.objectID($0))) }
        case .decimal: return (try? DecimalNumber(text: payload)).map { .other(SQLiteValue(.decimal($0))) }
        case .binary: return Base64.decode(payload).map { .other(SQLiteValue(.binary($0[...]))) }
        case .escaped: return nil
        }
    }

    /// Within a map, moves to the value of a key.
    private mutating func seek(key: UnsafeRawBufferPointer) -> Bool {
        while true {
            skipSpace()
            guard let found = skipString(), skip(UInt8(ascii: ":")) else { return false }
            if isEqual(found, key) {
                skipSpace()
                return true
            }
            guard skipValue(), skip(UInt8(ascii: ",")) else { return false }
        }
    }

    private func isEqual(_ found: (range: Range<Int>, hasEscapes: Bool), _ key: UnsafeRawBufferPointer) -> Bool {
        guard found.hasEscapes else { return found.range.count == key.count && text[found.range].elementsEqual(key) }
        var escapes = JSONEscapes(text, found.range)
        for expected in key where escapes.next() != expected { return false }
        return escapes.next() == nil
    }

    // MARK: tokens

    private var byte: UInt8? { position < text.count ? text[position] : nil }

    private mutating func skipSpace() {
        while position < text.count, text[position] <= 0x20 { position += 1 }
    }

    private mutating func skip(_ expected: UInt8) -> Bool {
        skipSpace()
        guard byte == expected else { return false }
        position += 1
        return true
    }

    /// Passes over a string and answers what stands between its quotes.
    private mutating func skipString() -> (range: Range<Int>, hasEscapes: Bool)? {
        guard byte == UInt8(ascii: "\"") else { return nil }
        let start = position + 1
        var end = start
        var hasEscapes = false
        while end < text.count {
            switch text[end] {
            case UInt8(ascii: "\""):
                position = end + 1
                return (start..<end, hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                end += 2
            default: end += 1
            }
        }
        return nil
    }

    /// Passes over one value, however deep, without recursion.
    private mutating func skipValue() -> Bool {
        skipSpace()
        var depth = 0
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: "\""):
                guard skipString() != nil else { return false }
                if depth == 0 { return true }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return true }
                depth -= 1
                position += 1
                if depth == 0 { return true }
            case UInt8(ascii: ",") where depth == 0: return true
            default: position += 1
            }
        }
        return false
    }

    private func number() -> Value {
        var end = position
        var isFloat = false
        while end < text.count {
            switch text[end] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"): break
            case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): isFloat = true
            default: return Self.number(UnsafeRawBufferPointer(rebasing: text[position..<end]), isFloat: isFloat)
            }
            end += 1
        }
        return .null
    }

    private static func number(_ digits: UnsafeRawBufferPointer, isFloat: Bool) -> Value {
        let digits = String(decoding: digits, as: UTF8.self)
        if !isFloat { return Int64(digits).map { .other(.integer($0)) } ?? .null }
        return Double(digits).map { .other(.float($0)) } ?? .null
    }
}

extension StaticString {
    /// The UTF-8 in the program's own text.
    fileprivate var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: utf8Start, count: utf8CodeUnitCount) }
}
