import SluiceProtocol

/// Turns `Encodable` values into MessagePack, each kind into its own: no detour through JSON. Made for one value.
struct RecordEncoder: Encoder {
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }
    /// Where the value goes.
    let slot: EncodedSlot

    /// - Throws: `invalidInput`, naming the field.
    static func encode(_ value: some Encodable) throws(SluiceError) -> [UInt8] {
        let slot = EncodedSlot()
        do {
            try slot.set(value, codingPath: [])
        } catch {
            throw .invalidInput("the record cannot be encoded: \(CodingFailure.describe(error))")
        }
        var writer = MessagePackWriter()
        slot.write(to: &writer)
        return writer.bytes
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(EncodedMap<Key>(codingPath: codingPath, slot: slot.becomingMap()))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer { EncodedList(codingPath: codingPath, slot: slot.becomingList()) }

    func singleValueContainer() -> any SingleValueEncodingContainer { EncodedSingle(codingPath: codingPath, slot: slot) }
}
