extension SluiceError {
    /// Reads an error as it stands on the wire (PROTOCOL.md section 6). A code that is not in the table becomes `backendError` with its
    /// text in the detail `code`. Details that are lists, maps, binary or null are left out; the others that are no integers become text.
    /// - Throws: `invalidInput` when it is no error.
    init(_ reader: inout MessagePackReader) throws(SluiceError) {
        guard case .map(let entries) = try reader.next() else { throw .malformed("an error must be a map") }
        var error = SluiceError(.backendError, "")
        var code: String?
        var isRetryable: Bool?
        try reader.forEachEntry(entries) { key, reader throws(SluiceError) in
            switch key {
            case 1: code = try reader.text("an error's code")
            case 2: error.message = try reader.text("an error's message")
            case 3: isRetryable = try Self.boolean(&reader)
            case 4: error.isOutcomeKnown = try Self.boolean(&reader)
            case 5: error.details = try Self.details(&reader)
            default: return false
            }
            return true
        }
        guard let code else { throw .malformed("an error without its code") }
        if let known = ErrorCode(rawValue: code) { error.code = known } else { error.details["code"] = .string(code) }
        error.isRetryable = isRetryable ?? error.code.isRetryable
        self = error
    }

    private static func boolean(_ reader: inout MessagePackReader) throws(SluiceError) -> Bool {
        guard case .boolean(let value) = try reader.next() else { throw .malformed("an error's flag must be a boolean") }
        return value
    }

    private static func details(_ reader: inout MessagePackReader) throws(SluiceError) -> [String: Detail] {
        guard case .map(let count) = try reader.next() else { throw .malformed("an error's details must be a map") }
        var details: [String: Detail] = [:]
        var budget = Int.max
        for _ in 0..<count {
            let key = try reader.text("a detail's key")
            var ahead = reader
            try reader.skip(budget: &budget)
            switch try ahead.next() {
            case .string(let range): details[key] = .string(String(decoding: ahead.bytes[range], as: UTF8.self))
            case .integer(let value): details[key] = .integer(value)
            case .boolean(let value): details[key] = .string(value ? "true" : "false")
            case .float(let value): details[key] = .string("\(value)")
            default: break
            }
        }
        return details
    }
}

extension SluiceError {
    /// The detail `reason`, which tells cases of one code apart.
    public var reason: String? { if case .string(let text)? = details["reason"] { text } else { nil } }
}
