/// A bounds-checked cursor over MessagePack bytes from anywhere: it never allocates, never trusts a count, never reads past its end.
///
/// Sluice's own because msgpack-c allocates for every element *announced*. Format: https://github.com/msgpack/msgpack/blob/master/spec.md
public struct MessagePackReader {
    /// The bytes under the cursor; they must outlive it.
    public let bytes: UnsafeRawBufferPointer
    /// Where the next item starts.
    public var offset: Int

    /// A cursor at `offset` of `bytes`.
    @inlinable
    public init(_ bytes: UnsafeRawBufferPointer, offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    /// Whether all bytes have been read.
    @inlinable
    public var isAtEnd: Bool { offset >= bytes.count }

    /// Reads the next item's head.
    /// - Throws: `invalidInput` with reason `malformed` when the bytes are not MessagePack.
    @inlinable
    public mutating func next() throws(SluiceError) -> MessagePackItem {
        let head = try byte()
        switch head {
        case 0x00...0x7f: return .integer(Int64(head))
        case 0xe0...0xff: return .integer(Int64(Int8(bitPattern: head)))
        case 0xa0...0xbf: return .string(try payload(Int(head & 0x1f)))
        case 0x90...0x9f: return .list(try elements(Int(head & 0x0f), each: 1))
        case 0x80...0x8f: return .map(try elements(Int(head & 0x0f), each: 2))
        case 0xc0: return .null
        case 0xc2: return .boolean(false)
        case 0xc3: return .boolean(true)
        default: return try nextLong(head)
        }
    }

    @usableFromInline
    mutating func nextLong(_ head: UInt8) throws(SluiceError) -> MessagePackItem {
        switch head {
        case 0xc4: return .binary(try payload(Int(try big(UInt8.self))))
        case 0xc5: return .binary(try payload(Int(try big(UInt16.self))))
        case 0xc6: return .binary(try payload(Int(try big(UInt32.self))))
        case 0xca: return .float(Double(Float(bitPattern: try big(UInt32.self))))
        case 0xcb: return .float(Double(bitPattern: try big(UInt64.self)))
        case 0xcc: return .integer(Int64(try big(UInt8.self)))
        case 0xcd: return .integer(Int64(try big(UInt16.self)))
        case 0xce: return .integer(Int64(try big(UInt32.self)))
        case 0xcf:
            let value = try big(UInt64.self)
            return value > UInt64(Int64.max) ? .oversizedInteger : .integer(Int64(value))
        case 0xd0: return .integer(Int64(Int8(bitPattern: try big(UInt8.self))))
        case 0xd1: return .integer(Int64(Int16(bitPattern: try big(UInt16.self))))
        case 0xd2: return .integer(Int64(Int32(bitPattern: try big(UInt32.self))))
        case 0xd3: return .integer(Int64(bitPattern: try big(UInt64.self)))
        case 0xd4...0xd8: return try ext(1 << Int(head - 0xd4))
        case 0xc7: return try ext(Int(try big(UInt8.self)))
        case 0xc8: return try ext(Int(try big(UInt16.self)))
        case 0xc9: return try ext(Int(try big(UInt32.self)))
        case 0xd9: return .string(try payload(Int(try big(UInt8.self))))
        case 0xda: return .string(try payload(Int(try big(UInt16.self))))
        case 0xdb: return .string(try payload(Int(try big(UInt32.self))))
        case 0xdc: return .list(try elements(Int(try big(UInt16.self)), each: 1))
        case 0xdd: return .list(try elements(Int(try big(UInt32.self)), each: 1))
        case 0xde: return .map(try elements(Int(try big(UInt16.self)), each: 2))
        case 0xdf: return .map(try elements(Int(try big(UInt32.self)), each: 2))
        default: throw .malformed("byte c1 at offset \(offset - 1)")
        }
    }

    /// Reads the head of a frame's map without holding its count against the bytes that remain: a frame that ends too early is still
    /// answered to the id at its start (PROTOCOL.md section 7).
    /// - Returns: how many pairs are announced; nil when this is no map.
    public mutating func envelopeHead() throws(SluiceError) -> Int? {
        switch try byte() {
        case let head where head & 0xf0 == 0x80: Int(head & 0x0f)
        case 0xde: Int(try big(UInt16.self))
        case 0xdf: Int(try big(UInt32.self))
        default: nil
        }
    }

    /// Passes over one whole value, however deep, without recursion.
    /// - Parameter budget: how many values may still be read; reduced by those that were.
    /// - Throws: `malformed`, or `invalidInput` when the budget is spent.
    @inlinable
    public mutating func skip(budget: inout Int) throws(SluiceError) {
        var pending = 1
        while pending > 0 {
            pending -= 1
            budget -= 1
            guard budget >= 0 else { throw Self.tooManyValues }
            switch try next() {
            case .list(let count): pending += count
            case .map(let count): pending += 2 * count
            default: break
            }
        }
    }

    /// The error for a frame over the limit `maxFrameValues`.
    @usableFromInline
    static var tooManyValues: SluiceError {
        .invalidInput("a frame holds more values than the limit maxFrameValues", reason: "maxFrameValues")
    }

    @inlinable
    mutating func byte() throws(SluiceError) -> UInt8 {
        guard offset < bytes.count else { throw .malformed("it ends within a value") }
        defer { offset += 1 }
        return bytes[offset]
    }

    @usableFromInline
    mutating func big<T: FixedWidthInteger & UnsignedInteger>(_: T.Type) throws(SluiceError) -> T {
        let size = MemoryLayout<T>.size
        guard bytes.count - offset >= size else { throw .malformed("it ends within a value") }
        defer { offset += size }
        return T(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
    }

    @usableFromInline
    mutating func payload(_ count: Int) throws(SluiceError) -> Range<Int> {
        guard bytes.count - offset >= count else { throw .malformed("\(count) bytes announced, \(bytes.count - offset) there") }
        defer { offset += count }
        return offset..<offset + count
    }

    @usableFromInline
    mutating func ext(_ count: Int) throws(SluiceError) -> MessagePackItem {
        let type = Int8(bitPattern: try byte())
        return .ext(type, try payload(count))
    }

    /// Each element takes a byte at least, so a count over the bytes that remain is a lie.
    @usableFromInline
    func elements(_ count: Int, each size: Int) throws(SluiceError) -> Int {
        guard count <= (bytes.count - offset) / size else {
            throw .malformed("\(count) elements announced, \(bytes.count - offset) bytes there")
        }
        return count
    }
}
