import SluiceProtocol

/// The elements of a list, decoded one after the other. Made by `RecordDecoder`.
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
