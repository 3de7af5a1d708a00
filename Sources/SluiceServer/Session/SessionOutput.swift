import DequeModule
import Glibc
import SluiceProtocol

/// The bytes that wait for one client, as chunks for one vectored write (writev(2)). A value owned by its session.
struct SessionOutput {
    /// What is written to, behind the full ones. It is no element of theirs, since nearly every reply goes here and nowhere else.
    private var last: [UInt8] = []
    private var full: Deque<[UInt8]> = []
    private var headOffset = 0
    /// All bytes that wait.
    private(set) var count = 0

    /// Small replies share a chunk up to this size.
    private static let chunkBytes = 32 << 10
    private static let maxVectors = 64

    /// How an attempt to write ended.
    enum Flush {
        /// All is with the kernel.
        case drained
        /// The kernel's buffer is full.
        case blocked
        /// The peer is gone.
        case failed
    }

    /// Appends what `body` writes, to the last chunk while that is small, else to a buffer from `spare`.
    mutating func append(spare: inout SpareBuffers, _ body: (inout MessagePackWriter) -> Void) {
        if last.count >= Self.chunkBytes {
            full.append(last)
            last = []
        }
        var writer = MessagePackWriter()
        if last.capacity == 0 { writer.bytes = spare.take() } else { swap(&writer.bytes, &last) }
        let before = writer.bytes.count
        body(&writer)
        count += writer.bytes.count - before
        swap(&writer.bytes, &last)
    }

    /// Writes as much as the kernel takes; emptied buffers go to `spare`.
    mutating func flush(to descriptor: Int32, spare: inout SpareBuffers) -> Flush {
        while count > 0 {
            let written = full.isEmpty ? writeLast(descriptor) : writeMany(descriptor)
            guard written >= 0 else {
                switch errno {
                case EINTR: continue
                case EAGAIN: return .blocked
                default: return .failed
                }
            }
            count -= written
            drop(written, spare: &spare)
        }
        return .drained
    }

    private func writeLast(_ descriptor: Int32) -> Int {
        last.withUnsafeBytes { bytes in
            // MSG_NOSIGNAL beside the ignored SIGPIPE, so that a library user of the server needs no signal set-up.
            send(descriptor, bytes.baseAddress! + headOffset, bytes.count - headOffset, Int32(MSG_NOSIGNAL))
        }
    }

    private func writeMany(_ descriptor: Int32) -> Int {
        withUnsafeTemporaryAllocation(of: iovec.self, capacity: Self.maxVectors) { vectors in
            let used = min(full.count + 1, Self.maxVectors)
            for index in 0..<used {
                // The arrays stay where they are, unchanged, until the call returns: their storage does not move.
                (index < full.count ? full[index] : last).withUnsafeBytes { bytes in
                    let skipped = index == 0 ? headOffset : 0
                    vectors[index] = iovec(
                        iov_base: bytes.baseAddress.map { UnsafeMutableRawPointer(mutating: $0 + skipped) }, iov_len: bytes.count - skipped)
                }
            }
            return writev(descriptor, vectors.baseAddress, Int32(used))
        }
    }

    private mutating func drop(_ written: Int, spare: inout SpareBuffers) {
        var rest = written
        while let chunk = full.first {
            let available = chunk.count - headOffset
            guard rest >= available else {
                headOffset += rest
                return
            }
            rest -= available
            headOffset = 0
            spare.give(full.removeFirst())
        }
        headOffset += rest
        guard headOffset == last.count else { return }
        headOffset = 0
        var emptied: [UInt8] = []
        swap(&emptied, &last)
        spare.give(emptied)
    }
}
