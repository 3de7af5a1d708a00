/// The elements of a list on their way into its slot. Made by `RecordEncoder`.
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
