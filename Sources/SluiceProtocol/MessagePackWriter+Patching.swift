// Maps and lists whose count is known only at their end.
extension MessagePackWriter {
    /// Makes the one byte that was reserved for a container's head the head of `count` elements, moving them when one byte is too few.
    package mutating func patchHead(at index: Int, count: Int, short: UInt8, long: UInt8) {
        switch count {
        case 0...15: bytes[index] = short | UInt8(count)
        case 16...0xffff:
            bytes[index] = long
            bytes.insert(contentsOf: [UInt8(count >> 8), UInt8(count & 0xff)], at: index + 1)
        default:
            bytes[index] = long + 1
            bytes.insert(contentsOf: [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) }, at: index + 1)
        }
    }
}
