/// Bytes to look something up by. As an `ArraySlice` they would be hashed and compared one by one, through its generic code.
public struct ExactBytes: Sendable, Hashable {
    /// The bytes.
    public let bytes: ArraySlice<UInt8>

    /// Any bytes.
    public init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// The same bytes.
    public static func == (left: ExactBytes, right: ExactBytes) -> Bool {
        left.bytes.withUnsafeBytes { left in right.bytes.withUnsafeBytes { left.isSame(as: $0) } }
    }

    /// Agrees with `==`.
    public func hash(into hasher: inout Hasher) { bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes are the same, eight at a time.
    func isSame(as other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        var offset = 0
        while offset + 8 <= count {
            guard loadUnaligned(fromByteOffset: offset, as: UInt64.self) == other.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            else { return false }
            offset += 8
        }
        while offset < count {
            guard self[offset] == other[offset] else { return false }
            offset += 1
        }
        return true
    }
}
