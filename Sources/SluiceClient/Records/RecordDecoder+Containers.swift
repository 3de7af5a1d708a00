import SluiceProtocol

struct DecodedMap<Key: CodingKey>: KeyedDecodingContainerProtocol {
    private let decoder: RecordDecoder
    /// Where each key's value starts.
    private let offsets: [String: Int]

    var codingPath: [any CodingKey] { decoder.codingPath }
    var allKeys: [Key] { offsets.keys.compactMap(Key.init(stringValue:)) }

    init(_ decoder: RecordDecoder) throws {
        guard case .map(let count) = try decoder.item() else { throw decoder.mismatch([String: Any].self) }
        self.decoder = decoder
        offsets = try decoder.read { reader throws(SluiceError) in
            var offsets: [String: Int] = [:]
            offsets.reserveCapacity(count)
            var budget = Int.max
            _ = try reader.next()
            for _ in 0..<count {
                guard case .string(let range) = try reader.next() else { throw .invalidInput("a map key is not a string") }
                offsets[String(decoding: reader.bytes[range], as: UTF8.self)] = reader.offset
                try reader.skip(budget: &budget)
            }
            return offsets
        }
    }

    func contains(_ key: Key) -> Bool { offsets[key.stringValue] != nil }
    func decodeNil(forKey key: Key) throws -> Bool { try value(key).isNull }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try value(key).decode(type) }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws -> KeyedDecodingContainer<Nested> {
        try value(key).container(keyedBy: type)
    }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { try value(key).unkeyedContainer() }
    func superDecoder() throws -> any Decoder { try value(PathKey.superclass) }
    func superDecoder(forKey key: Key) throws -> any Decoder { try value(key) }

    private func value(_ key: any CodingKey) throws -> RecordDecoder {
        guard let offset = offsets[key.stringValue] else {
            throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: "no such field"))
        }
        return decoder.moved(to: offset, key)
    }
}

struct DecodedList: UnkeyedDecodingContainer {
    private let decoder: RecordDecoder
    private let elements: Int
    /// Where the next element starts.
    private var offset: Int
    private(set) var currentIndex = 0

    var codingPath: [any CodingKey] { decoder.codingPath }
    var count: Int? { elements }
    var isAtEnd: Bool { currentIndex == elements }

    init(_ decoder: RecordDecoder) throws {
        self.decoder = decoder
        (elements, offset) = try decoder.read { reader throws(SluiceError) in
            guard case .list(let count) = try reader.next() else { return (-1, 0) }
            return (count, reader.offset)
        }
        guard elements >= 0 else { throw decoder.mismatch([Any].self) }
    }

    mutating func decodeNil() throws -> Bool {
        guard try current().isNull else { return false }
        try advance()
        return true
    }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        let value = try current().decode(type)
        try advance()
        return value
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
        try superDecoder().container(keyedBy: type)
    }
    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try superDecoder().unkeyedContainer() }
    mutating func superDecoder() throws -> any Decoder {
        let element = try current()
        try advance()
        return element
    }

    private func current() throws -> RecordDecoder {
        let key = PathKey(intValue: currentIndex)
        guard !isAtEnd else {
            throw DecodingError.valueNotFound(
                Any.self, .init(codingPath: codingPath + [key], debugDescription: "the list has \(elements) elements"))
        }
        return decoder.moved(to: offset, key)
    }

    private mutating func advance() throws {
        offset = try current().read { reader throws(SluiceError) in
            var budget = Int.max
            try reader.skip(budget: &budget)
            return reader.offset
        }
        currentIndex += 1
    }
}

struct DecodedSingle: SingleValueDecodingContainer {
    let decoder: RecordDecoder
    var codingPath: [any CodingKey] { decoder.codingPath }

    func decodeNil() -> Bool { decoder.isNull }

    /// The primitive types come here from their own `init(from:)` too, so what is no scalar must not be asked again.
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try decoder.decode(type) }
}
