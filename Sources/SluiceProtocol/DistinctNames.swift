/// Notices a map key that comes twice, without allocating for maps of up to sixteen keys.
struct DistinctNames {
    private var few: InlineArray<16, UnsafeRawBufferPointer>
    private var count = 0
    private var many: Set<ByteString> = []

    private struct ByteString: Hashable {
        let bytes: UnsafeRawBufferPointer
        static func == (left: ByteString, right: ByteString) -> Bool { left.bytes.isSame(as: right.bytes) }
        func hash(into hasher: inout Hasher) { hasher.combine(bytes: bytes) }
    }

    init(capacity: Int) {
        few = InlineArray(repeating: UnsafeRawBufferPointer(start: nil, count: 0))
        if capacity > 16 { many.reserveCapacity(min(capacity, 1024)) }
    }

    /// - Returns: false when the name was there already.
    mutating func insert(_ name: UnsafeRawBufferPointer) -> Bool {
        if count < 16 {
            for index in 0..<count where few[index].isSame(as: name) { return false }
            few[count] = name
            count += 1
            return true
        }
        if many.isEmpty { for index in 0..<16 { many.insert(ByteString(bytes: few[index])) } }
        return many.insert(ByteString(bytes: name)).inserted
    }
}
