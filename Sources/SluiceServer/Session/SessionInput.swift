import Glibc
import SluiceProtocol

/// Reads what a client has sent into the loop's one large buffer and cuts it into frames. Kept, in the session, is only an incomplete
/// frame, or frames of a client that has enough under way.
final class SessionInput {
    private let buffer: UnsafeMutableRawBufferPointer
    private let decoder: FrameDecoder
    private let limits: Limits

    init(_ limits: Limits) {
        buffer = .allocate(byteCount: 256 << 10, alignment: 16)
        decoder = FrameDecoder(maxFrameBytes: limits.maxFrameBytes)
        self.limits = limits
    }

    deinit { buffer.deallocate() }

    /// How one read ended.
    enum Outcome {
        /// Bytes were read and dealt with; whether there was a whole frame among them.
        case read(hasFrames: Bool)
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
        guard session.partial.isEmpty else {
            // Grows as bytes come, never by what a length announces.
            session.partial.append(contentsOf: fresh)
            return goOn(session, body)
        }
        do throws(SluiceError) {
            let used = try cut(fresh, of: session, body)
            if used < count { session.partial.append(contentsOf: fresh[used...]) }
            return .read(hasFrames: used > 0)
        } catch {
            return .fault(error)
        }
    }

    /// Calls `body` with the complete frames among what was kept.
    func goOn(_ session: Session, _ body: (UnsafeRawBufferPointer) -> Bool) -> Outcome {
        let partial = session.partial
        do throws(SluiceError) {
            let used = try partial[...].withBytes { bytes throws(SluiceError) in try cut(bytes, of: session, body) }
            if used == partial.count { session.partial = [] } else if used > 0 { session.partial = Array(partial[used...]) }
            return .read(hasFrames: used > 0)
        } catch {
            return .fault(error)
        }
    }

    /// - Returns: how many bytes were dealt with.
    private func cut(
        _ bytes: UnsafeRawBufferPointer, of session: Session, _ body: (UnsafeRawBufferPointer) -> Bool
    ) throws(SluiceError) -> Int {
        var offset = 0
        session.holdsFrames = false
        while offset < bytes.count, case .frame(let payload) = try decoder.step(bytes, from: offset) {
            // One read may bring thousands of frames, and each of them a long reply: what exceeds the client's bounds waits where it is.
            guard !session.mustWait(limits) else {
                session.holdsFrames = true
                break
            }
            offset = payload.upperBound
            guard body(UnsafeRawBufferPointer(rebasing: bytes[payload])) else { return bytes.count }
        }
        return offset
    }
}
