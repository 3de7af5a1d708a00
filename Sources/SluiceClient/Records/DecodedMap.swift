import SluiceProtocol

/// The fields of a map, decoded as they are asked for, in whatever order. Made by `RecordDecoder`.
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
