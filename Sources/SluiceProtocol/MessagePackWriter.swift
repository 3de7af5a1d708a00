/// Appends MessagePack in its shortest form to a byte array that the caller owns.
public struct MessagePackWriter: Sendable {
    /// What has been written.
    public var bytes: [UInt8]

    /// A writer that continues `bytes`.
    @inlinable
    public init(_ bytes: [UInt8] = []) { self.bytes = bytes }

    /// nil
    @inlinable
    public mutating func null() { bytes.append(0xc0) }

    /// false or true
    @inlinable
    public mutating func boolean(_ value: Bool) { bytes.append(value ? 0xc3 : 0xc2) }

    /// An integer, non-negative ones in the unsigned forms.
    @inlinable
    public mutating func integer(_ value: Int64) {
        switch value {
        case 0...0x7f: bytes.append(UInt8(value))
        case -32..<0: bytes.append(UInt8(bitPattern: Int8(value)))
        case 0x80...0xff: head(0xcc, UInt8(value))
        case 0x100...0xffff: head(0xcd, UInt16(value))
        case 0x1_0000...0xffff_ffff: head(0xce, UInt32(value))
        case 0x1_0000_0000...: head(0xcf, UInt64(value))
        case Int64(Int8.min)...: head(0xd0, UInt8(bitPattern: Int8(value)))
        case Int64(Int16.min)...: head(0xd1, UInt16(bitPattern: Int16(value)))
        case Int64(Int32.min)...: head(0xd2, UInt32(bitPattern: Int32(value)))
        default: head(0xd3, UInt64(bitPattern: value))
        }
    }

    /// A float, always 64 bits wide.
    @inlinable
    public mutating func float(_ value: Double) { head(0xcb, value.bitPattern) }

    /// Text.
    @inlinable
    public mutating func string(_ value: String) {
        var value = value
        value.withUTF8 { utf8 in
            stringHead(utf8.count)
            bytes.append(contentsOf: utf8)
        }
    }

    /// Text that is known to be UTF-8.
    @inlinable
    public mutating func string(utf8: UnsafeRawBufferPointer) {
        stringHead(utf8.count)
        bytes.append(contentsOf: utf8)
    }

    /// The head of a string of `count` bytes, which the caller appends.
    @inlinable
    public mutating func stringHead(_ count: Int) {
        switch count {
        case 0...31: bytes.append(0xa0 | UInt8(count))
        case 32...0xff: head(0xd9, UInt8(count))
        case 0x100...0xffff: head(0xda, UInt16(count))
        default: head(0xdb, UInt32(count))
        }
    }

    /// Bytes.
    @inlinable
    public mutating func binary(_ value: UnsafeRawBufferPointer) {
        switch value.count {
        case 0...0xff: head(0xc4, UInt8(value.count))
        case 0x100...0xffff: head(0xc5, UInt16(value.count))
        default: head(0xc6, UInt32(value.count))
        }
        bytes.append(contentsOf: value)
    }

    /// The head of a list of `count` elements, which follow.
    @inlinable
    public mutating func listHead(_ count: Int) {
        switch count {
        case 0...15: bytes.append(0x90 | UInt8(count))
        case 16...0xffff: head(0xdc, UInt16(count))
        default: head(0xdd, UInt32(count))
        }
    }

    /// The head of a map of `count` pairs, which follow.
    @inlinable
    public mutating func mapHead(_ count: Int) {
        switch count {
        case 0...15: bytes.append(0x80 | UInt8(count))
        case 16...0xffff: head(0xde, UInt16(count))
        default: head(0xdf, UInt32(count))
        }
    }

    /// An extension value.
    @inlinable
    public mutating func ext(_ type: Int8, _ payload: UnsafeRawBufferPointer) {
        switch payload.count {
        case 1: bytes.append(0xd4)
        case 2: bytes.append(0xd5)
        case 4: bytes.append(0xd6)
        case 8: bytes.append(0xd7)
        case 16: bytes.append(0xd8)
        case 0...0xff: head(0xc7, UInt8(payload.count))
        case 0x100...0xffff: head(0xc8, UInt16(payload.count))
        default: head(0xc9, UInt32(payload.count))
        }
        bytes.append(UInt8(bitPattern: type))
        bytes.append(contentsOf: payload)
    }

    /// Values that are MessagePack already.
    @inlinable
    public mutating func raw<Bytes: Collection>(_ encoded: Bytes) where Bytes.Element == UInt8 { bytes.append(contentsOf: encoded) }

    @inlinable
    mutating func head<T: FixedWidthInteger & UnsignedInteger>(_ first: UInt8, _ value: T) {
        bytes.append(first)
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
