/// Emptied buffers of output, kept for the next reply to whichever client, so that a reply needs no allocation. A value owned by the
/// `SessionTable`.
struct SpareBuffers {
    private var buffers: [[UInt8]] = []
    private var bytes = 0

    /// What is kept at most, bytes: of the small buffers that short replies leave, enough for thousands of clients in one round.
    private static let maxBytes = 1 << 20
    /// A buffer that grew beyond this is not kept, bytes.
    private static let maxBufferBytes = 64 << 10

    /// An empty buffer, with memory if one is there.
    mutating func take() -> [UInt8] {
        guard let buffer = buffers.popLast() else { return [] }
        bytes -= buffer.capacity
        return buffer
    }

    /// Keeps a buffer's memory, unless there is enough of that.
    mutating func give(_ buffer: consuming [UInt8]) {
        buffer.removeAll(keepingCapacity: true)
        let capacity = buffer.capacity
        guard capacity > 0, capacity <= Self.maxBufferBytes, bytes + capacity <= Self.maxBytes else { return }
        bytes += capacity
        buffers.append(buffer)
    }
}
