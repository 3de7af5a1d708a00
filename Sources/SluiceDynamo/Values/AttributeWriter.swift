import SluiceProtocol

/// Appends checked MessagePack as DynamoDB's JSON, `{"S":"text"}`, without a tree in between, and counts what an item of it weighs
/// (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html). A value; owned by who builds a request.
struct AttributeWriter {
    /// The JSON.
    var text: [UInt8]
    /// The size that DynamoDB counts, bytes, for the bound of 400 KB
    /// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html).
    private(set) var itemBytes = 0

    init(_ text: [UInt8] = []) { self.text = text }

    /// Appends a top-level name, which needs no escape, with the colon behind it.
    mutating func name(_ utf8: UnsafeRawBufferPointer) {
        itemBytes += utf8.count
        JSONWriter.string(utf8, to: &text)
        text.append(UInt8(ascii: ":"))
    }

    /// Appends the value at the reader's position.
    /// - Throws: `invalidInput` for a float that DynamoDB does not keep.
    mutating func value(_ reader: inout MessagePackReader) throws(SluiceError) {
        switch try reader.next() {
        case .null: null()
        case .boolean(let value): boolean(value)
        case .integer(let value): integer(value)
        case .float(let value): try float(value)
        case .string(let range): string(UnsafeRawBufferPointer(rebasing: reader.bytes[range]))
        case .binary(let range): binary(UnsafeRawBufferPointer(rebasing: reader.bytes[range]))
        case .ext(let type, let range): try ext(type, UnsafeRawBufferPointer(rebasing: reader.bytes[range]))
        case .list(let count): try list(count, &reader)
        case .map(let count): try map(count, &reader)
        case .oversizedInteger: throw ValueRules.oversizedInteger
        }
    }

    /// Appends a scalar.
    /// - Throws: `invalidInput` for a float that DynamoDB does not keep.
    mutating func scalar(_ scalar: Scalar) throws(SluiceError) {
        switch scalar {
        case .null: null()
        case .boolean(let value): boolean(value)
        case .integer(let value): integer(value)
        case .float(let value): try float(value)
        case .string(let utf8): utf8.withUnsafeBytes { string($0) }
        case .binary(let bytes): bytes.withUnsafeBytes { binary($0) }
        case .timestamp(let time): kind(StoredName.date, time.description)
        case .decimal(let number): kind(StoredName.decimal, number.text)
        case .objectID(let id): kind(StoredName.objectID, id.hex)
        }
    }

    /// Appends a number by its digits.
    mutating func number(_ digits: String) {
        itemBytes += digits.utf8.count / 2 + 2
        JSONWriter.ascii("{\"N\":\"", to: &text)
        text.append(contentsOf: digits.utf8)
        JSONWriter.ascii("\"}", to: &text)
    }

    private mutating func null() {
        itemBytes += 1
        JSONWriter.ascii("{\"NULL\":true}", to: &text)
    }

    private mutating func boolean(_ value: Bool) {
        itemBytes += 1
        JSONWriter.ascii(value ? "{\"BOOL\":true}" : "{\"BOOL\":false}", to: &text)
    }

    private mutating func integer(_ value: Int64) {
        JSONWriter.ascii("{\"N\":\"", to: &text)
        let start = text.count
        JSONWriter.integer(value, to: &text)
        itemBytes += (text.count - start) / 2 + 2
        JSONWriter.ascii("\"}", to: &text)
    }

    private mutating func float(_ value: Double) throws(SluiceError) {
        JSONWriter.ascii("{\"N\":\"", to: &text)
        let start = text.count
        try NumberText.append(value, to: &text)
        itemBytes += (text.count - start) / 2 + 2
        JSONWriter.ascii("\"}", to: &text)
    }

    private mutating func string(_ utf8: UnsafeRawBufferPointer) {
        itemBytes += utf8.count
        JSONWriter.ascii("{\"S\":", to: &text)
        JSONWriter.string(utf8, to: &text)
        text.append(UInt8(ascii: "}"))
    }

    private mutating func binary(_ bytes: UnsafeRawBufferPointer) {
        itemBytes += bytes.count
        JSONWriter.ascii("{\"B\":\"", to: &text)
        Base64.encode(bytes, to: &text)
        JSONWriter.ascii("\"}", to: &text)
    }

    private mutating func ext(_ type: Int8, _ payload: UnsafeRawBufferPointer) throws(SluiceError) {
        switch type {
        case ExtensionType.timestamp: kind(StoredName.date, try Timestamp(payload: payload).description)
        case ExtensionType.objectID: kind(StoredName.objectID, try ObjectID(payload: payload).hex)
        default: kind(StoredName.decimal, try DecimalNumber(text: payload).text)
        }
    }

    /// A kind that DynamoDB lacks, as a map of one name; its text needs no escape.
    private mutating func kind(_ name: String, _ value: String) {
        itemBytes += Self.containerBytes + Self.elementBytes + name.utf8.count + value.utf8.count
        JSONWriter.ascii("{\"M\":{\"", to: &text)
        text.append(contentsOf: name.utf8)
        JSONWriter.ascii("\":{\"S\":\"", to: &text)
        text.append(contentsOf: value.utf8)
        JSONWriter.ascii("\"}}}", to: &text)
    }

    private static let containerBytes = 3
    private static let elementBytes = 1

    private mutating func list(_ count: Int, _ reader: inout MessagePackReader) throws(SluiceError) {
        itemBytes += Self.containerBytes + count * Self.elementBytes
        JSONWriter.ascii("{\"L\":[", to: &text)
        for index in 0..<count {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            try value(&reader)
        }
        JSONWriter.ascii("]}", to: &text)
    }

    private mutating func map(_ count: Int, _ reader: inout MessagePackReader) throws(SluiceError) {
        itemBytes += Self.containerBytes + count * Self.elementBytes
        JSONWriter.ascii("{\"M\":{", to: &text)
        for index in 0..<count {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            guard case .string(let range) = try reader.next() else { throw .malformed("a name that is no string") }
            let utf8 = UnsafeRawBufferPointer(rebasing: reader.bytes[range])
            if let escaped = StoredName.escaped(utf8) { escaped.withUnsafeBytes { name($0) } } else { name(utf8) }
            try value(&reader)
        }
        JSONWriter.ascii("}}", to: &text)
    }
}
