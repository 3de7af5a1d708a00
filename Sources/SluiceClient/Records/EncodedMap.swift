/// The fields of a map on their way into its slot. Made by `RecordEncoder`.
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
