import SluiceProtocol

/// Reads `Decodable` values straight from a document's bytes. Made for one value; holds where it starts.
struct RecordDecoder: Decoder {
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }
    /// A document's bytes.
    let storage: ArraySlice<UInt8>
    /// Where the value starts, counted from the storage's start.
    let offset: Int

    /// - Throws: `invalidInput` with reason `recordType`, naming the field.
    static func decode<T: Decodable>(_ type: T.Type, from document: Document) throws(SluiceError) -> T {
        do {
            return try RecordDecoder(codingPath: [], storage: document.bytes, offset: 0).decode(type)
        } catch {
            throw .invalidInput("the record is no \(type): \(CodingFailure.describe(error))", reason: "recordType")
        }
    }

    /// Sluice's own kinds come as they are, everything else as it decodes itself.
    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        if type == Value.self { return try read { reader throws(SluiceError) in try Value(&reader, storage: storage) } as! T }
        if let convertible = type as? any ScalarConvertible.Type {
            if let scalar = try scalar(), let value = convertible.init(scalar: scalar) { return value as! T }
            // Bytes may also stand as a list of integers.
            guard type is [UInt8].Type, case .list = try item() else { throw mismatch(type) }
        }
        return try T(from: self)
    }

    var isNull: Bool { (try? item()) == .null }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(try DecodedMap<Key>(self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { try DecodedList(self) }

    func singleValueContainer() -> any SingleValueDecodingContainer { DecodedSingle(decoder: self) }

    /// The same bytes, further in.
    func moved(to offset: Int, _ key: any CodingKey) -> RecordDecoder {
        RecordDecoder(codingPath: codingPath + [key], storage: storage, offset: offset)
    }

    /// Runs a reader from the value's start.
    func read<T>(_ body: (inout MessagePackReader) throws(SluiceError) -> T) throws(SluiceError) -> T {
        try storage.withBytes { buffer throws(SluiceError) in
            var reader = MessagePackReader(buffer, offset: offset)
            return try body(&reader)
        }
    }

    /// The value's head.
    func item() throws(SluiceError) -> MessagePackItem { try read { reader throws(SluiceError) in try reader.next() } }

    func mismatch(_ expected: Any.Type) -> DecodingError {
        let found = (try? item()).map(Self.kind) ?? "nothing"
        return DecodingError.typeMismatch(expected, .init(codingPath: codingPath, debugDescription: "expected \(expected), found \(found)"))
    }

    /// - Returns: nil for a list or a map.
    private func scalar() throws(SluiceError) -> Scalar? {
        try read { reader throws(SluiceError) in
            var ahead = reader
            switch try ahead.next() {
            case .list, .map: return nil
            default: return try Scalar(reading: &reader, storage: storage)
            }
        }
    }

    private static func kind(_ item: MessagePackItem) -> String {
        switch item {
        case .null: "null"
        case .boolean: "a boolean"
        case .integer(let value): "the integer \(value)"
        case .oversizedInteger: "an integer over 2^63-1"
        case .float(let value): "the float \(value)"
        case .string: "a string"
        case .binary: "binary"
        case .list: "a list"
        case .map: "a map"
        case .ext(ExtensionType.timestamp, _): "a timestamp"
        case .ext(ExtensionType.objectID, _): "an ObjectId"
        case .ext: "a decimal"
        }
    }
}
