// The one-key maps that stand for what JSON lacks. Only the exact shapes do; every other map is the caller's own.
extension ExtendedJSONReader {
    /// Behind the first key of a map: passes the rest of it and answers the value it stands for. Nil, and nothing
    /// is passed, when the map is the caller's own.
    mutating func scalar(kind key: UnsafeRawBufferPointer) -> Scalar? {
        var attempt = self
        guard attempt.json.take(UInt8(ascii: ":")), let scalar = attempt.kindValue(key), attempt.json.take(UInt8(ascii: "}")) else {
            return nil
        }
        json = attempt.json
        return scalar
    }

    /// Behind the first key of a map: whether it is the `$escaped` whose only value is a map of the caller's, to be read as plain.
    func isEscape(_ key: UnsafeRawBufferPointer) -> Bool {
        guard key.elementsEqual("$escaped".utf8) else { return false }
        var ahead = json
        return ahead.take(UInt8(ascii: ":")) && ahead.peek() == UInt8(ascii: "{") && ahead.skipMap() && ahead.peek() == UInt8(ascii: "}")
    }

    private mutating func kindValue(_ key: UnsafeRawBufferPointer) -> Scalar? {
        switch String(decoding: key, as: UTF8.self) {
        case "$date": date()
        case "$oid": ObjectID(hex: text() ?? [], lowercaseOnly: false).map { .objectID($0) }
        case "$numberDecimal": decimal()
        case "$binary": binary()
        case "$numberLong": integer(Int64.self).map { .integer($0) }
        case "$numberInt": integer(Int32.self).map { .integer(Int64($0)) }
        case "$numberDouble": double().map { .float($0) }
        default: nil
        }
    }

    /// The bytes of the string that must come next.
    private mutating func text() -> [UInt8]? {
        guard let token = try? json.string() else { return nil }
        guard token.hasEscapes else { return Array(json.text[token.range]) }
        guard (try? json.unescape(token, into: &scratch)) != nil else { return nil }
        return scratch
    }

    /// RFC 3339 text, or milliseconds since 1970 as `{"$numberLong": "…"}`.
    private mutating func date() -> Scalar? {
        if json.peek() == UInt8(ascii: "\"") {
            return text().flatMap { Timestamp(text: String(decoding: $0, as: UTF8.self)) }.map { .timestamp($0) }
        }
        guard json.take(UInt8(ascii: "{")), text()?.elementsEqual("$numberLong".utf8) == true, json.take(UInt8(ascii: ":")),
            let milliseconds = integer(Int64.self), json.take(UInt8(ascii: "}"))
        else { return nil }
        return Timestamp(milliseconds: milliseconds).map { .timestamp($0) }
    }

    private mutating func decimal() -> Scalar? {
        guard let text = text(), let decimal = try? text.withUnsafeBytes({ try DecimalNumber(text: $0) }) else { return nil }
        return .decimal(decimal)
    }

    /// `{"base64": "…", "subType": "00"}` in either order.
    private mutating func binary() -> Scalar? {
        guard json.take(UInt8(ascii: "{")), let first = entry(), json.take(UInt8(ascii: ",")), let second = entry(),
            json.take(UInt8(ascii: "}"))
        else { return nil }
        let (payload, subType) = first.key == "base64" ? (first, second) : (second, first)
        guard payload.key == "base64", subType.key == "subType", subType.value.elementsEqual("00".utf8) else { return nil }
        return Base64.decode(payload.value).map { .binary($0[...]) }
    }

    private mutating func entry() -> (key: String, value: [UInt8])? {
        guard let key = text(), json.take(UInt8(ascii: ":")), let value = text() else { return nil }
        return (String(decoding: key, as: UTF8.self), value)
    }

    /// A string that holds one integer of JSON.
    private mutating func integer<Value: FixedWidthInteger>(_: Value.Type) -> Value? {
        guard case .integer(let value)? = number(isFloat: false) else { return nil }
        return Value(exactly: value)
    }

    /// A string that holds one number of JSON.
    private mutating func double() -> Double? {
        guard case .float(let value)? = number(isFloat: true) else { return nil }
        return value
    }

    private mutating func number(isFloat: Bool) -> JSONNumber? {
        text()?.withUnsafeBytes { digits in
            var reader = JSONReader(digits)
            guard let number = try? reader.number(isFloat: isFloat), reader.position == digits.count else { return nil }
            return number
        }
    }
}
