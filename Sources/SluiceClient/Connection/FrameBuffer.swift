import SluiceProtocol

/// What has come over one socket and is no whole frame yet. Owned by the connection's thread. Grows with the
/// bytes that came, never by what a length announces.
struct FrameBuffer {
    private var bytes: [UInt8] = []
    private var start = 0
    private var decoder = FrameDecoder(maxFrameBytes: Limits().maxFrameBytes)

    /// What the welcome says of the longest frame.
    var maxFrameBytes: Int {
        get { decoder.maxFrameBytes }
        set { decoder = FrameDecoder(maxFrameBytes: newValue) }
    }

    mutating func append(_ chunk: UnsafeRawBufferPointer) {
        if start > 0 {
            bytes.removeFirst(start)
            start = 0
        }
        bytes.append(contentsOf: chunk)
    }

    /// The next whole frame's payload, in bytes of its own: a record outlives the buffer it came in.
    /// - Throws: `tooLarge` or `invalidInput` for a length that no frame may have.
    mutating func next() throws(SluiceError) -> ArraySlice<UInt8>? {
        let (step, end) = try bytes[...].withBytes { buffer throws(SluiceError) in (try decoder.step(buffer, from: start), buffer.count) }
        guard case .frame(let range) = step else { return nil }
        start = range.upperBound
        if range.upperBound == end, range.lowerBound == FrameDecoder.headerBytes {
            // The only frame: hand the whole buffer over instead of a copy.
            defer {
                bytes = []
                start = 0
            }
            return bytes[range]
        }
        return Array(bytes[range])[...]
    }
}
