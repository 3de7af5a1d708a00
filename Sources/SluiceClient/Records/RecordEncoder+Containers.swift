import SluiceProtocol

/// Names one index or key of a path.
struct PathKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(stringValue: String) {
        self.stringValue = stringValue
        intValue = nil
    }

    init(intValue: Int) {
        stringValue = String(intValue)
        self.intValue = intValue
    }

    static let superclass = PathKey(stringValue: "super")
}

struct EncodedMap<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let codingPath: [any CodingKey]
    let slot: EncodedSlot

    mutating func encodeNil(forKey key: Key) { slot.slot(key).set(.null) }
    mutating func encode<T: Encodable>(_ value: T, forKey key: Key) throws { try slot.slot(key).set(value, codingPath: codingPath + [key]) }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<Nested> {
        encoder(key).container(keyedBy: type)
    }
    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { encoder(key).unkeyedContainer() }
    mutating func superEncoder() -> any Encoder { encoder(PathKey.superclass) }
    mutating func superEncoder(forKey key: Key) -> any Encoder { encoder(key) }

    private func encoder(_ key: any CodingKey) -> RecordEncoder {
        RecordEncoder(codingPath: codingPath + [key], slot: slot.continuedSlot(key))
    }
}

struct EncodedList: UnkeyedEncodingContainer {
    let codingPath: [any CodingKey]
    let slot: EncodedSlot
    var count: Int { slot.count }

    mutating func encodeNil() { slot.appendedSlot().set(.null) }
    mutating func encode<T: Encodable>(_ value: T) throws {
        let path = codingPath + [PathKey(intValue: count)]
        try slot.appendedSlot().set(value, codingPath: path)
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        encoder().container(keyedBy: type)
    }
    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder().unkeyedContainer() }
    mutating func superEncoder() -> any Encoder { encoder() }

    private func encoder() -> RecordEncoder {
        let path = codingPath + [PathKey(intValue: count)]
        return RecordEncoder(codingPath: path, slot: slot.appendedSlot())
    }
}

struct EncodedSingle: SingleValueEncodingContainer {
    let codingPath: [any CodingKey]
    let slot: EncodedSlot

    mutating func encodeNil() { slot.set(.null) }
    mutating func encode<T: Encodable>(_ value: T) throws { try slot.set(value, codingPath: codingPath) }
}

/// What Codable's errors say, with the path as Sluice writes paths.
enum CodingFailure {
    static func describe(_ error: any Error) -> String {
        switch error {
        case EncodingError.invalidValue(_, let context): located(context.codingPath, context.debugDescription)
        case DecodingError.keyNotFound(let key, let context): located(context.codingPath + [key], "it is missing")
        case DecodingError.valueNotFound(_, let context), DecodingError.typeMismatch(_, let context),
            DecodingError.dataCorrupted(let context):
            located(context.codingPath, context.debugDescription)
        default: "\(error)"
        }
    }

    private static func located(_ path: [any CodingKey], _ text: String) -> String {
        path.isEmpty ? text : "'\(path.map(\.stringValue).joined(separator: "."))': \(text)"
    }
}
