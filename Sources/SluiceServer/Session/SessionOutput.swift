import DequeModule
import Glibc
import SluiceProtocol

/// The bytes that wait for one client, as chunks for one vectored write (writev(2)). A value owned by its session.
struct SessionOutput {
    private var chunks: Deque<[UInt8]> = []
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
    mutating func append(spare: inout [[UInt8]], _ body: (inout MessagePackWriter) -> Void) {
        var chunk: [UInt8]
        if let last = chunks.last, last.count < Self.chunkBytes {
            chunk = chunks.removeLast()
        } else {
            chunk = spare.popLast() ?? []
        }
        let before = chunk.count
        var writer = MessagePackWriter(consume chunk)
        body(&writer)
        count += writer.bytes.count - before
        chunks.append(writer.bytes)
    }

    /// Writes as much as the kernel takes; emptied buffers of ordinary size go to `spare`.
    mutating func flush(to descriptor: Int32, spare: inout [[UInt8]]) -> Flush {
        while !chunks.isEmpty {
            let written = chunks.count == 1 ? writeOne(descriptor) : writeMany(descriptor)
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

    private func writeOne(_ descriptor: Int32) -> Int {
        chunks[0].withUnsafeBytes { bytes in
            // MSG_NOSIGNAL beside the ignored SIGPIPE, so that a library user of the server needs no signal set-up.
            send(descriptor, bytes.baseAddress! + headOffset, bytes.count - headOffset, Int32(MSG_NOSIGNAL))
        }
    }

    private func writeMany(_ descriptor: Int32) -> Int {
        withUnsafeTemporaryAllocation(of: iovec.self, capacity: Self.maxVectors) { vectors in
            let used = min(chunks.count, Self.maxVectors)
            for index in 0..<used {
                // The arrays stay in `chunks`, unchanged, until the call returns: their storage does not move.
                chunks[index].withUnsafeBytes { bytes in
                    let skipped = index == 0 ? headOffset : 0
                    vectors[index] = iovec(
                        iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress! + skipped), iov_len: bytes.count - skipped)
                }
            }
            return writev(descriptor, vectors.baseAddress, Int32(used))
        }
    }

    private mutating func drop(_ written: Int, spare: inout [[UInt8]]) {
        var rest = written
        while rest > 0 {
            let available = chunks[0].count - headOffset
            guard rest >= available else {
                headOffset += rest
                return
            }
            rest -= available
            headOffset = 0
            var emptied = chunks.removeFirst()
            guard spare.count < 64, emptied.capacity <= 2 * Self.chunkBytes else { continue }
            emptied.removeAll(keepingCapacity: true)
            spare.append(emptied)
        }
    }
}
