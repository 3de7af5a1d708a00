/// The rules of PROTOCOL.md section 3 for single values, checked in one place for documents, filters and names.
public enum ValueRules {
    /// Checks that text is UTF-8 (RFC 3629) without U+0000.
    /// - Throws: `invalidInput`.
    @inlinable
    public static func check(text: UnsafeRawBufferPointer) throws(SluiceError) {
        var high: UInt8 = 0
        for byte in text {
            if byte == 0 { throw .invalidInput("a string holds U+0000") }
            high |= byte
        }
        if high >= 0x80 { try checkUnicode(text) }
    }

    @usableFromInline
    static func checkUnicode(_ text: UnsafeRawBufferPointer) throws(SluiceError) {
        do {
            _ = try UTF8Span(validating: Span(_unsafeElements: text.bindMemory(to: UInt8.self)))
        } catch {
            throw .invalidInput("a string is not valid UTF-8")
        }
    }

    /// Checks a float.
    /// - Throws: `invalidInput` for NaN and the infinities.
    @inlinable
    public static func check(float: Double) throws(SluiceError) {
        guard float.isFinite else { throw .invalidInput("NaN and infinities cannot be stored") }
    }

    /// Checks the payload of an extension value.
    /// - Throws: `invalidInput` for unknown types and payloads that break the type's rule.
    public static func check(ext type: Int8, _ payload: UnsafeRawBufferPointer) throws(SluiceError) {
        switch type {
        case ExtensionType.timestamp: _ = try Timestamp(payload: payload)
        case ExtensionType.objectID: _ = try ObjectID(payload: payload)
        case ExtensionType.decimal: _ = try DecimalNumber(text: payload)
        default: throw .invalidInput("extension type \(type) is not one of timestamp (-1), ObjectId (1), decimal (2)")
        }
    }

    /// The error for an integer over 2⁶³−1.
    public static var oversizedInteger: SluiceError { .invalidInput("an integer over 2^63-1") }

    /// Checks a top-level name of a document.
    /// - Throws: `invalidInput` when it is empty, starts with `$`, contains `.`, or is `_id`.
    @inlinable
    public static func check(topLevelName name: UnsafeRawBufferPointer) throws(SluiceError) {
        guard let first = name.first else { throw .invalidInput("a top-level name is empty") }
        if first == 0x24 { throw .invalidInput("the top-level name '\(String(decoding: name, as: UTF8.self))' starts with '$'") }
        if name.contains(0x2e) { throw .invalidInput("the top-level name '\(String(decoding: name, as: UTF8.self))' contains '.'") }
        if first == 0x5f, name.count == 3, name[1] == 0x69, name[2] == 0x64 { throw .invalidInput("'_id' is not a field; use 'id'") }
    }
}
