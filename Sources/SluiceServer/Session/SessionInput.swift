import Glibc
import SluiceProtocol

/// Reads what a client has sent into the loop's one large buffer and cuts it into frames; only an incomplete frame is kept, in the session.
final class SessionInput {
    private let buffer: UnsafeMutableRawBufferPointer
    private let decoder: FrameDecoder

    init(maxFrameBytes: Int) {
        buffer = .allocate(byteCount: 256 << 10, alignment: 16)
        decoder = FrameDecoder(maxFrameBytes: maxFrameBytes)
    }

    deinit { buffer.deallocate() }

    /// How one read ended.
    enum Outcome {
        /// Bytes were read and dealt with.
        case read
        /// Nothing was there after all.
        case nothing
        /// The client has shut down its writing side.
        case end
        /// The connection failed.
        case failed
        /// The bytes are no frames.
        case fault(SluiceError)
    }

    /// Reads once, and calls `body` with each complete frame until it answers false.
    func read(_ session: Session, _ body: (UnsafeRawBufferPointer) -> Bool) -> Outcome {
        let count = recv(session.descriptor, buffer.baseAddress, buffer.count, 0)
        guard count >= 0 else { return errno == EAGAIN || errno == EINTR ? .nothing : .failed }
        guard count > 0 else { return .end }
        let fresh = UnsafeRawBufferPointer(rebasing: buffer[..<count])
        do {
            if session.partial.isEmpty {
                let used = try cut(fresh, body)
                if used < count { session.partial.append(contentsOf: fresh[used...]) }
            } else {
                // Grows as bytes come, never by what a length announces.
                session.partial.append(contentsOf: fresh)
                let partial = session.partial
                let used = try partial[...].withBytes { bytes throws(SluiceError) in try cut(bytes, body) }
                if used == partial.count { session.partial = [] } else { session.partial.removeFirst(used) }
            }
            return .read
        } catch {
            return .fault(error)
        }
    }

    private func cut(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Bool) throws(SluiceError) -> Int {
        var offset = 0
        while offset < bytes.count, case .frame(let payload) = try decoder.step(bytes, from: offset) {
            offset = payload.upperBound
            guard body(UnsafeRawBufferPointer(rebasing: bytes[payload])) else { return bytes.count }
        }
        return offset
    }
}
