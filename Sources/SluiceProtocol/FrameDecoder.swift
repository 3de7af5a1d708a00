/// Where one frame ends and the next begins: a value that looks at bytes and answers what stands at their start. Owns nothing.
public struct FrameDecoder: Sendable {
    /// Bytes of the length before each frame.
    public static let headerBytes = 4

    /// The longest frame that is taken, bytes.
    public let maxFrameBytes: Int

    /// A decoder with its bound.
    public init(maxFrameBytes: Int) { self.maxFrameBytes = maxFrameBytes }

    /// What stands at the start of some bytes.
    public enum Step: Equatable, Sendable {
        /// A whole frame; its payload is this range.
        case frame(Range<Int>)
        /// Not yet: so many bytes are needed in all, counted from the start.
        case incomplete(needed: Int)
    }

    /// Looks at the bytes from `offset` on.
    /// - Throws: the fault for a length of 0 or over the bound.
    @inlinable
    public func step(_ bytes: UnsafeRawBufferPointer, from offset: Int) throws(SluiceError) -> Step {
        guard bytes.count - offset >= Self.headerBytes else { return .incomplete(needed: Self.headerBytes) }
        let length = Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        guard length > 0 else { throw .malformed("a frame of length 0") }
        guard length <= maxFrameBytes else {
            throw .tooLarge("a frame of \(length) bytes; at most \(maxFrameBytes)", limit: "maxFrameBytes", value: maxFrameBytes)
        }
        let start = offset + Self.headerBytes
        guard bytes.count - start >= length else { return .incomplete(needed: Self.headerBytes + length) }
        return .frame(start..<start + length)
    }
}
