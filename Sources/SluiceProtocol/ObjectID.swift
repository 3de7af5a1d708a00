/// Twelve bytes in ObjectId's layout: a value kind of its own, and the form of every generated `id`.
public struct ObjectID: Sendable, Hashable {
    /// The twelve bytes: eight and four, big-endian.
    let high: UInt64
    let low: UInt32

    /// From the payload of extension type 1.
    /// - Throws: `invalidInput` for another length than 12.
    public init(payload: UnsafeRawBufferPointer) throws(SluiceError) {
        guard payload.count == 12 else { throw .invalidInput("an ObjectId of \(payload.count) bytes; it has 12") }
        high = UInt64(bigEndian: payload.loadUnaligned(as: UInt64.self))
        low = UInt32(bigEndian: payload.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
    }

    /// From 24 hexadecimal digits; nil for any other text. Upper-case digits are taken only when `lowercaseOnly` is false.
    public init?(hex: some Collection<UInt8>, lowercaseOnly: Bool = true) {
        guard hex.count == 24 else { return nil }
        var high: UInt64 = 0
        var low: UInt32 = 0
        for (index, digit) in hex.enumerated() {
            let value: UInt8
            switch digit {
            case 0x30...0x39: value = digit - 0x30
            case 0x61...0x66: value = digit - 0x61 + 10
            case 0x41...0x46 where !lowercaseOnly: value = digit - 0x41 + 10
            default: return nil
            }
            if index < 16 { high = high << 4 | UInt64(value) } else { low = low << 4 | UInt32(value) }
        }
        self.high = high
        self.low = low
    }

    /// From the parts of the layout: seconds since 1970, five random bytes of the process, a three-byte counter.
    public init(seconds: UInt32, process: UInt64, counter: UInt32) {
        high = UInt64(seconds) << 32 | (process >> 8) & 0xffff_ffff
        low = UInt32(truncatingIfNeeded: process & 0xff) << 24 | counter & 0xff_ffff
    }

    /// 24 lowercase hexadecimal digits.
    public var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(unsafeUninitializedCapacity: 24) { buffer in
            for index in 0..<16 { buffer[index] = digits[Int(high >> (60 - 4 * UInt64(index)) & 15)] }
            for index in 0..<8 { buffer[16 + index] = digits[Int(low >> (28 - 4 * UInt32(index)) & 15)] }
            return 24
        }
    }

    /// The twelve bytes.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeTemporaryAllocation(byteCount: 12, alignment: 8) { buffer in
            buffer.storeBytes(of: high.bigEndian, as: UInt64.self)
            buffer.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt32.self)
            return body(UnsafeRawBufferPointer(buffer))
        }
    }

    /// Appends extension type 1.
    public func write(to writer: inout MessagePackWriter) { withBytes { writer.ext(ExtensionType.objectID, $0) } }
}
