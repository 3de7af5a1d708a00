import Glibc
import SluiceProtocol

/// Wakes the connection's thread out of poll(2). Owned by `Connection`.
final class Waker: Sendable {
    let readEnd: Int32
    private let writeEnd: Int32

    /// A pair of sockets rather than a pipe, because they are non-blocking and closed on exec from the start.
    init() throws(SluiceError) {
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0, &ends) == 0 else {
            throw SluiceError(.unavailable, "no sockets could be made: \(String(cString: strerror(errno)))")
        }
        readEnd = ends[0]
        writeEnd = ends[1]
    }

    deinit {
        _ = close(readEnd)
        _ = close(writeEnd)
    }

    /// One that is full already wakes as well.
    func signal() { _ = withUnsafeBytes(of: UInt8(1)) { write(writeEnd, $0.baseAddress, 1) } }

    func drain() {
        withUnsafeTemporaryAllocation(byteCount: 256, alignment: 1) { buffer in
            while read(readEnd, buffer.baseAddress, buffer.count) == buffer.count {}
        }
    }
}
