import SluiceProtocol

/// What an answer of DynamoDB's says, whichever operation it answers. A value, read once; its records share their bytes.
struct DynamoAnswer {
    /// Items, as records: those of `Items`, of `Responses`, the one of `Item` or of `Attributes`.
    private(set) var records: [Document] = []
    /// Items that were read, before the filter.
    private(set) var scannedCount = 0
    /// Items that the filter let through.
    private(set) var count = 0
    /// Where the next page starts, a key's JSON; nil when there is none. A page may be empty and have one.
    private(set) var lastKey: [UInt8]?
    /// What of a batch was not done, a JSON map to be sent again; nil when all was.
    private(set) var unprocessed: [UInt8]?
    /// Capacity units that it took.
    private(set) var capacityUnits = 0.0
    /// Bytes of all records.
    private(set) var recordBytes = 0

    /// - Throws: `backendError` for what is none of DynamoDB's, or what callers cannot be given.
    init(_ body: [UInt8], _ layout: DynamoLayout) throws(SluiceError) {
        var writer = MessagePackWriter()
        var ranges: [Range<Int>] = []
        do throws(SluiceError) {
            try body[...].withBytes { bytes throws(SluiceError) in
                var reader = AttributeReader(JSONReader(bytes))
                try reader.forEachMember { reader, name throws(SluiceError) in
                    try read(String(decoding: name, as: UTF8.self), &reader, layout, &writer, &ranges)
                }
            }
        } catch {
            guard error.code != .backendError else { throw error }
            throw SluiceError(.backendError, "DynamoDB's answer cannot be read: \(error.message)")
        }
        recordBytes = writer.bytes.count
        records = ranges.map { Document(trusted: writer.bytes[$0]) }
    }

    private mutating func read(
        _ name: String, _ reader: inout AttributeReader, _ layout: DynamoLayout, _ writer: inout MessagePackWriter,
        _ ranges: inout [Range<Int>]
    ) throws(SluiceError) {
        switch name {
        case "Items": try Self.items(&reader, layout, &writer, &ranges)
        case "Item", "Attributes": try Self.item(&reader, layout, &writer, &ranges)
        case "Responses":
            try reader.forEachMember { reader, _ throws(SluiceError) in try Self.items(&reader, layout, &writer, &ranges) }
        case "Count": count = try reader.json.whole()
        case "ScannedCount": scannedCount = try reader.json.whole()
        case "LastEvaluatedKey": lastKey = try Self.rawMap(&reader)
        case "UnprocessedKeys": unprocessed = try Self.rawMap(&reader)
        case "ConsumedCapacity": try readCapacity(&reader)
        default: _ = try reader.json.skipValue()
        }
    }

    private static func items(
        _ reader: inout AttributeReader, _ layout: DynamoLayout, _ writer: inout MessagePackWriter, _ ranges: inout [Range<Int>]
    ) throws(SluiceError) {
        try reader.json.expect(UInt8(ascii: "["), "'['")
        if reader.json.take(UInt8(ascii: "]")) { return }
        repeat { try item(&reader, layout, &writer, &ranges) } while reader.json.take(UInt8(ascii: ","))
        try reader.json.expect(UInt8(ascii: "]"), "']'")
    }

    private static func item(
        _ reader: inout AttributeReader, _ layout: DynamoLayout, _ writer: inout MessagePackWriter, _ ranges: inout [Range<Int>]
    ) throws(SluiceError) {
        // Some servers say null where there is nothing.
        guard reader.json.peek() != UInt8(ascii: "n") else { return try reader.json.literal("null") }
        let start = writer.bytes.count
        try layout.appendRecord(&reader, to: &writer)
        ranges.append(start..<writer.bytes.count)
    }

    /// A map as it stands; nil for an empty one, or for none.
    private static func rawMap(_ reader: inout AttributeReader) throws(SluiceError) -> [UInt8]? {
        let range = try reader.json.skipValue()
        let bytes = reader.json.text[range]
        return bytes.contains(UInt8(ascii: ":")) ? Array(bytes) : nil
    }

    private mutating func readCapacity(_ reader: inout AttributeReader) throws(SluiceError) {
        if reader.json.peek() == UInt8(ascii: "n") { return try reader.json.literal("null") }
        let isList = reader.json.take(UInt8(ascii: "["))
        if isList, reader.json.take(UInt8(ascii: "]")) { return }
        repeat {
            try reader.forEachMember { reader, name throws(SluiceError) in
                let range = try reader.json.skipValue()
                guard name.elementsEqual("CapacityUnits".utf8) else { return }
                capacityUnits += Double(String(decoding: reader.json.text[range], as: UTF8.self)) ?? 0
            }
        } while isList && reader.json.take(UInt8(ascii: ","))
        if isList { try reader.json.expect(UInt8(ascii: "]"), "']'") }
    }
}

extension JSONReader {
    /// Passes any value.
    /// - Returns: where it stands.
    mutating func skipValue() throws(SluiceError) -> Range<Int> {
        let first = peek()
        let start = position
        switch first {
        case UInt8(ascii: "{"), UInt8(ascii: "["): guard skipMap() else { throw malformed("a value does not end") }
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        default: _ = try number(isFloat: true)
        }
        return start..<position
    }

    /// Passes a number of items; sums of them overflow nothing.
    mutating func whole() throws(SluiceError) -> Int {
        _ = peek()
        guard case .integer(let value) = try number(), let count = UInt32(exactly: value) else { throw malformed("expected a count") }
        return Int(count)
    }
}
