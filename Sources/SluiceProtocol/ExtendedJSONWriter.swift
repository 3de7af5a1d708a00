/// Turns trusted MessagePack into JSON. A value without state; one for each call of `ExtendedJSON`.
struct ExtendedJSONWriter {
    let layout: ExtendedJSON.Layout

    /// Appends the value at the reader's position.
    func value(_ reader: inout MessagePackReader, to text: inout [UInt8], depth: Int) {
        // Whoever hands bytes over has checked them: others are a mistake of the program, not of its input.
        switch try! reader.next() {
        case .null: JSONWriter.ascii("null", to: &text)
        case .boolean(true): JSONWriter.ascii("true", to: &text)
        case .boolean(false): JSONWriter.ascii("false", to: &text)
        case .integer(let value): JSONWriter.integer(value, to: &text)
        case .float(let value): JSONWriter.float(value, to: &text)
        case .string(let range): JSONWriter.string(UnsafeRawBufferPointer(rebasing: reader.bytes[range]), to: &text)
        case .binary(let range): binary(UnsafeRawBufferPointer(rebasing: reader.bytes[range]), to: &text)
        case .list(let count): list(count, &reader, to: &text, depth: depth)
        case .map(let count): map(count, &reader, to: &text, depth: depth)
        case .ext(let type, let range): ext(type, UnsafeRawBufferPointer(rebasing: reader.bytes[range]), to: &text)
        case .oversizedInteger: preconditionFailure("integers over 2^63-1 are refused where values come in")
        }
    }

    private func list(_ count: Int, _ reader: inout MessagePackReader, to text: inout [UInt8], depth: Int) {
        text.append(UInt8(ascii: "["))
        for index in 0..<count {
            startElement(index, to: &text, depth: depth + 1)
            value(&reader, to: &text, depth: depth + 1)
        }
        if count > 0 { startLine(to: &text, depth: depth) }
        text.append(UInt8(ascii: "]"))
    }

    private func map(_ count: Int, _ reader: inout MessagePackReader, to text: inout [UInt8], depth: Int) {
        let isEscaped = count == 1 && looksLikeKind(reader)
        if isEscaped { kind("$escaped", to: &text) }
        text.append(UInt8(ascii: "{"))
        for index in 0..<count {
            startElement(index, to: &text, depth: depth + 1)
            value(&reader, to: &text, depth: depth + 1)
            JSONWriter.ascii(layout == .compact ? ":" : ": ", to: &text)
            value(&reader, to: &text, depth: depth + 1)
        }
        if count > 0 { startLine(to: &text, depth: depth) }
        text.append(UInt8(ascii: "}"))
        if isEscaped { text.append(UInt8(ascii: "}")) }
    }

    /// Whether the key that comes starts with `$`.
    private func looksLikeKind(_ reader: MessagePackReader) -> Bool {
        var ahead = reader
        guard case .string(let key) = try! ahead.next() else { return false }
        return !key.isEmpty && reader.bytes[key.lowerBound] == UInt8(ascii: "$")
    }

    private func startElement(_ index: Int, to text: inout [UInt8], depth: Int) {
        if index > 0 { text.append(UInt8(ascii: ",")) }
        startLine(to: &text, depth: depth)
    }

    private func startLine(to text: inout [UInt8], depth: Int) {
        guard layout == .indented else { return }
        text.append(UInt8(ascii: "\n"))
        text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }

    // MARK: kinds that JSON lacks

    /// The opening of a one-key map.
    private func kind(_ key: StaticString, to text: inout [UInt8]) {
        JSONWriter.ascii("{\"", to: &text)
        JSONWriter.ascii(key, to: &text)
        JSONWriter.ascii(layout == .compact ? "\":" : "\": ", to: &text)
    }

    private func kind(_ key: StaticString, _ value: String, to text: inout [UInt8]) {
        kind(key, to: &text)
        text.append(UInt8(ascii: "\""))
        text.append(contentsOf: value.utf8)
        JSONWriter.ascii("\"}", to: &text)
    }

    private func binary(_ payload: UnsafeRawBufferPointer, to text: inout [UInt8]) {
        kind("$binary", to: &text)
        kind("base64", to: &text)
        text.append(UInt8(ascii: "\""))
        Base64.encode(payload, to: &text)
        JSONWriter.ascii(layout == .compact ? "\",\"subType\":\"00\"}}" : "\", \"subType\": \"00\"}}", to: &text)
    }

    private func ext(_ type: Int8, _ payload: UnsafeRawBufferPointer, to text: inout [UInt8]) {
        switch type {
        case ExtensionType.timestamp: kind("$date", try! Timestamp(payload: payload).description, to: &text)
        case ExtensionType.objectID: kind("$oid", try! ObjectID(payload: payload).hex, to: &text)
        case ExtensionType.decimal: kind("$numberDecimal", try! DecimalNumber(text: payload).text, to: &text)
        default: preconditionFailure("extension type \(type) is refused where values come in")
        }
    }
}
