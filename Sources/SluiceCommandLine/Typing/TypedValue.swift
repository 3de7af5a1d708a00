import SluiceClient

/// A value as a person types it in a condition or an assignment, as the MessagePack it stands for.
///
/// Numbers of JSON, `true`, `false` and `null` are what they look like; `"…"` is always text; `@2026-01-02` is a timestamp; `[a,b]` a list;
/// `{…}` Extended JSON; everything else is the text itself.
struct TypedValue: Equatable {
    /// One MessagePack value.
    let bytes: [UInt8]

    /// What bare words mean.
    enum Reading {
        /// Whatever they look like.
        case byLook
        /// Text, always: `id` is text however many digits it has.
        case asText
    }

    /// - Throws: when the text starts like a kind and is none, with what to type instead.
    init(_ text: some StringProtocol, _ reading: Reading = .byLook) throws(TypingFault) {
        var writer = MessagePackWriter()
        try Self.write(String(text), reading, to: &writer)
        bytes = writer.bytes
    }

    private init(bytes: ArraySlice<UInt8>) { self.bytes = Array(bytes) }

    /// The value for a condition; nil for a list or map.
    var scalar: Scalar? {
        bytes[...].withBytes { buffer in
            var reader = MessagePackReader(buffer)
            return try? Scalar(reading: &reader, storage: bytes[...])
        }
    }

    /// The elements of a list; nil for anything else.
    var elements: [TypedValue]? {
        bytes.withUnsafeBytes { buffer in
            var reader = MessagePackReader(buffer)
            guard case .list(let count)? = try? reader.next() else { return nil }
            return (0..<count).map { _ in
                let start = reader.offset
                var budget = Int.max
                try! reader.skip(budget: &budget)
                return TypedValue(bytes: bytes[start..<reader.offset])
            }
        }
    }

    private static func write(_ text: String, _ reading: Reading, to writer: inout MessagePackWriter) throws(TypingFault) {
        switch (text.utf8.first ?? 0, reading) {
        case (UInt8(ascii: "\""), _): try json(text, "text in quotes", to: &writer)
        case (UInt8(ascii: "["), _): try list(text, reading, to: &writer)
        case (_, .asText): try string(text, to: &writer)
        case (UInt8(ascii: "{"), _): try json(text, "JSON", to: &writer)
        case (UInt8(ascii: "@"), _): try TypedTime.parse(text.dropFirst()).write(to: &writer)
        case (UInt8(ascii: "-"), _), (UInt8(ascii: "0")...UInt8(ascii: "9"), _): try number(text, to: &writer)
        default:
            switch text {
            case "true": writer.boolean(true)
            case "false": writer.boolean(false)
            case "null": writer.null()
            default: try string(text, to: &writer)
            }
        }
    }

    private static func string(_ text: String, to writer: inout MessagePackWriter) throws(TypingFault) {
        guard !text.utf8.contains(0) else { throw TypingFault("text cannot hold U+0000") }
        writer.string(text)
    }

    private static func json(_ text: String, _ what: String, to writer: inout MessagePackWriter) throws(TypingFault) {
        do throws(SluiceError) {
            try Array(text.utf8)[...].withBytes { bytes throws(SluiceError) in
                try ExtendedJSON.messagePack(fromJSON: bytes, appendTo: &writer)
            }
        } catch { throw TypingFault("it starts like \(what), but \(error.message)") }
    }

    /// Text that starts like a number may still be none: a date, a version, a telephone number.
    private static func number(_ text: String, to writer: inout MessagePackWriter) throws(TypingFault) {
        let start = writer.bytes.count
        do throws(SluiceError) {
            try Array(text.utf8)[...].withBytes { bytes throws(SluiceError) in
                try ExtendedJSON.messagePack(fromJSON: bytes, appendTo: &writer)
            }
        } catch {
            writer.bytes.removeSubrange(start...)
            guard error.reason == "malformedJSON" else {
                throw TypingFault("the number \(text) is out of range; text stands in double quotes: '\"\(text)\"'")
            }
            try string(text, to: &writer)
        }
    }

    private static func list(_ text: String, _ reading: Reading, to writer: inout MessagePackWriter) throws(TypingFault) {
        let items = try TypedList.items(text)
        writer.listHead(items.count)
        for item in items {
            guard !item.isEmpty else { throw TypingFault("the list has an empty item; empty text is \"\"") }
            try write(item, reading, to: &writer)
        }
    }
}
