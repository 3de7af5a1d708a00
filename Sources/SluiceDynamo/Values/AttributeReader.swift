import SluiceProtocol

/// Appends DynamoDB's JSON as MessagePack, without a tree in between. Sets that others have left are shown as lists. A value; owned by who
/// reads an answer.
struct AttributeReader {
    var json: JSONReader
    /// Text whose escapes were undone; kept for its capacity.
    private var scratch: [UInt8] = []

    init(_ json: JSONReader) { self.json = json }

    /// Reads an attribute's value, `{"S":"text"}`.
    /// - Parameter depth: containers around it.
    /// - Throws: `backendError` for what is none of DynamoDB's, or what callers cannot be given.
    mutating func value(to writer: inout MessagePackWriter, depth: Int) throws(SluiceError) {
        try json.expect(UInt8(ascii: "{"), "'{'")
        let type = try type()
        switch type {
        case "S":
            let token = try json.string()
            try withText(token) { text in writer.string(utf8: text) }
        case "N": try number(to: &writer)
        case "B": try binary(to: &writer)
        case "BOOL": writer.boolean(try boolean())
        case "NULL":
            _ = try boolean()
            writer.null()
        case "M": try map(to: &writer, depth: depth + 1)
        case "L":
            try list(to: &writer, depth: depth + 1) { reader, writer, depth throws(SluiceError) in
                try reader.value(to: &writer, depth: depth)
            }
        case "SS":
            try list(to: &writer, depth: depth + 1) { reader, writer, _ throws(SluiceError) in
                let token = try reader.json.string()
                try reader.withText(token) { text in writer.string(utf8: text) }
            }
        case "NS": try list(to: &writer, depth: depth + 1) { reader, writer, _ throws(SluiceError) in try reader.number(to: &writer) }
        case "BS": try list(to: &writer, depth: depth + 1) { reader, writer, _ throws(SluiceError) in try reader.binary(to: &writer) }
        default: throw Self.foreign("an attribute of the type '\(type)'")
        }
        try json.expect(UInt8(ascii: "}"), "'}'")
    }

    static func foreign(_ what: String) -> SluiceError {
        SluiceError(.backendError, "a stored item has \(what), which callers cannot be given")
    }

    /// The type that comes first in an attribute's value, and the colon behind it.
    private mutating func type() throws(SluiceError) -> String {
        let token = try json.string()
        try json.expect(UInt8(ascii: ":"), "':'")
        // So short a text costs no allocation.
        return String(decoding: json.text[token.range].prefix(8), as: UTF8.self)
    }

    /// Calls `body` with a string's text.
    mutating func withText<Result>(
        _ token: JSONReader.StringToken, _ body: (UnsafeRawBufferPointer) throws(SluiceError) -> Result
    ) throws(SluiceError) -> Result {
        guard token.hasEscapes else { return try body(UnsafeRawBufferPointer(rebasing: json.text[token.range])) }
        do throws(SluiceError) { try json.unescape(token, into: &scratch) } catch {
            throw Self.foreign("text with U+0000 or half a character")
        }
        let text = scratch
        return try text[...].withBytes(body)
    }

    private mutating func number(to writer: inout MessagePackWriter) throws(SluiceError) {
        let token = try json.string()
        try NumberText.append(UnsafeRawBufferPointer(rebasing: json.text[token.range]), to: &writer)
    }

    private mutating func binary(to writer: inout MessagePackWriter) throws(SluiceError) {
        let token = try json.string()
        let decoded = try withText(token) { Base64.decode($0) }
        guard let decoded else { throw Self.foreign("a binary that is not Base64") }
        decoded.withUnsafeBytes { writer.binary($0) }
    }

    private mutating func boolean() throws(SluiceError) -> Bool {
        let isTrue = json.peek() == UInt8(ascii: "t")
        try json.literal(isTrue ? "true" : "false")
        return isTrue
    }

    private mutating func list(
        to writer: inout MessagePackWriter, depth: Int,
        _ element: (inout AttributeReader, inout MessagePackWriter, Int) throws(SluiceError) -> Void
    ) throws(SluiceError) {
        guard depth <= Limits.maxDepth else { throw Self.foreign("lists and maps nested deeper than \(Limits.maxDepth)") }
        try json.expect(UInt8(ascii: "["), "'['")
        let head = writer.bytes.count
        writer.listHead(0)
        if json.take(UInt8(ascii: "]")) { return }
        var count = 0
        repeat {
            try element(&self, &writer, depth)
            count += 1
        } while json.take(UInt8(ascii: ","))
        try json.expect(UInt8(ascii: "]"), "']'")
        writer.patchHead(at: head, count: count, short: 0x90, long: 0xdc)
    }

    private mutating func map(to writer: inout MessagePackWriter, depth: Int) throws(SluiceError) {
        if let kind = try kind() { return kind.write(to: &writer) }
        guard depth <= Limits.maxDepth else { throw Self.foreign("lists and maps nested deeper than \(Limits.maxDepth)") }
        let head = writer.bytes.count
        writer.mapHead(0)
        let count = try forEachMember { reader, name throws(SluiceError) in
            writer.string(utf8: StoredName.shown(name))
            try reader.value(to: &writer, depth: depth)
        }
        writer.patchHead(at: head, count: count, short: 0x80, long: 0xde)
    }

    /// Calls `body` with each name of the JSON map at this position and the reader at the name's value.
    /// - Returns: how many there were.
    @discardableResult
    mutating func forEachMember(
        _ body: (inout AttributeReader, UnsafeRawBufferPointer) throws(SluiceError) -> Void
    ) throws(SluiceError) -> Int {
        try json.expect(UInt8(ascii: "{"), "'{'")
        if json.take(UInt8(ascii: "}")) { return 0 }
        var count = 0
        repeat {
            let token = try json.string()
            try json.expect(UInt8(ascii: ":"), "':'")
            if token.hasEscapes {
                let name = try withText(token) { Array($0) }
                try name[...].withBytes { name throws(SluiceError) in try body(&self, name) }
            } else {
                try body(&self, UnsafeRawBufferPointer(rebasing: json.text[token.range]))
            }
            count += 1
        } while json.take(UInt8(ascii: ","))
        try json.expect(UInt8(ascii: "}"), "'}'")
        return count
    }

    // MARK: kinds that DynamoDB lacks

    /// Passes a map that stands for such a value. Nil, and nothing is passed, when the map is the caller's own.
    private mutating func kind() throws(SluiceError) -> Scalar? {
        var ahead = json
        guard ahead.take(UInt8(ascii: "{")), let name = try? ahead.string(), ahead.text[name.range].first == UInt8(ascii: "$"),
            ahead.take(UInt8(ascii: ":")), ahead.take(UInt8(ascii: "{")), let type = try? ahead.string(),
            ahead.text[type.range].elementsEqual("S".utf8), ahead.take(UInt8(ascii: ":")), let value = try? ahead.string(),
            ahead.take(UInt8(ascii: "}")), ahead.take(UInt8(ascii: "}"))
        else { return nil }
        let text = try withText(value) { Array($0) }
        guard let scalar = Self.scalar(kind: String(decoding: ahead.text[name.range], as: UTF8.self), text) else { return nil }
        json = ahead
        return scalar
    }

    private static func scalar(kind: String, _ text: [UInt8]) -> Scalar? {
        switch kind {
        case StoredName.date: Timestamp(text: String(decoding: text, as: UTF8.self)).map { .timestamp($0) }
        case StoredName.objectID: ObjectID(hex: text).map { .objectID($0) }
        case StoredName.decimal: (text.withUnsafeBytes { try? DecimalNumber(text: $0) }).map { .decimal($0) }
        default: nil
        }
    }
}
