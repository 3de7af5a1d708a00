/// One value on its way into its slot. Made by `RecordEncoder`.
struct EncodedSingle: SingleValueEncodingContainer {
    let codingPath: [any CodingKey]
    let slot: EncodedSlot

    mutating func encodeNil() { slot.set(.null) }
    mutating func encode<T: Encodable>(_ value: T) throws { try slot.set(value, codingPath: codingPath) }
}
