/// The one key that means something in stored maps: `{"$numberDecimal": text}` is a decimal that Decimal128 does not hold. A caller's own
/// key
/// of that name has one more `$` there, and so has each that would be taken for such a one. So data never turns into a kind, and a
/// condition's path is known without a look at the record.
enum StoredKey {
    /// The key of a long decimal's map, as in MongoDB's Extended JSON.
    static let decimal = "$numberDecimal"

    /// Whether a caller's key has one more `$` in storage.
    static func isReserved(_ key: some Collection<UInt8>) -> Bool {
        key.first == dollar && key.drop { $0 == dollar }.elementsEqual("numberDecimal".utf8)
    }

    /// A caller's reserved key as it is stored.
    static func escaped(_ key: some Collection<UInt8>) -> [UInt8] { [dollar] + key }

    /// A stored key as callers see it.
    static func shown(_ key: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard key.count > decimal.utf8.count, isReserved(key) else { return key }
        return UnsafeRawBufferPointer(rebasing: key[1...])
    }

    private static let dollar = UInt8(ascii: "$")
}
