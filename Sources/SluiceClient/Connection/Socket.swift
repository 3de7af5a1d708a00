import Glibc
import SluiceProtocol

/// A connected, non-blocking socket. Shared by the connection's thread and those who write; closed when the last of them lets go, so that
/// nobody ever writes to a descriptor that has become another file.
final class Socket: Sendable {
    let descriptor: Int32

    /// Takes the descriptor over.
    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { _ = Glibc.close(descriptor) }

    /// What became of some bytes.
    enum Sent: Sendable {
        case all
        /// The kernel takes no more now; these remain.
        case partly(rest: ArraySlice<UInt8>)
        /// The other end is gone, or takes nothing more; reading tells why.
        case failed(unsent: Int)
    }

    /// Writes what the kernel takes without waiting.
    func send(_ bytes: ArraySlice<UInt8>) -> Sent {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                return .partly(rest: rest)
            } else if errno != EINTR {
                return .failed(unsent: rest.count)
            }
        }
        return .all
    }

    /// What reading gave.
    enum Received {
        case bytes(Int)
        case nothingNow
        case ended(String)
    }

    /// Reads what is there, up to the buffer's size.
    func receive(into buffer: UnsafeMutableRawBufferPointer) -> Received {
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .ended("the daemon closed it") }
            if errno == EAGAIN { return .nothingNow }
            if errno != EINTR { return .ended(String(cString: strerror(errno))) }
        }
    }

    /// Ends it in both directions at once, whoever still holds it.
    func shutdown() { _ = Glibc.shutdown(descriptor, Int32(SHUT_RDWR)) }
}
