import Glibc

/// A stream socket on 127.0.0.1, blocking, for threads that have nothing else to do. Closed with its last reference.
public final class StreamSocket: Sendable {
    /// The system refused something.
    struct Refusal: Error, CustomStringConvertible {
        let call: String
        let code = errno

        var description: String { "\(call): \(String(cString: strerror(code)))" }
    }

    private let descriptor: Int32

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Listens.
    /// - Parameter port: 0 for a free one.
    static func listener(port: UInt16 = 0) throws -> (socket: StreamSocket, port: UInt16) {
        let socket = try make()
        var address = Self.address(port: port)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port: UInt16 = try withUnsafeMutablePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                guard bind(socket.descriptor, pointer, length) == 0 else { throw Refusal(call: "bind") }
                guard listen(socket.descriptor, 128) == 0 else { throw Refusal(call: "listen") }
                guard getsockname(socket.descriptor, pointer, &length) == 0 else { throw Refusal(call: "getsockname") }
            }
            return UInt16(bigEndian: pointer.pointee.sin_port)
        }
        return (socket, port)
    }

    /// Connects.
    public static func connected(port: UInt16) throws -> StreamSocket {
        let socket = try make()
        var address = Self.address(port: port)
        try withUnsafeMutablePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                guard connect(socket.descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 else {
                    throw Refusal(call: "connect")
                }
            }
        }
        return socket
    }

    /// The next connection; nil when the listener was shut.
    func accept() -> StreamSocket? {
        let accepted = Glibc.accept(descriptor, nil, nil)
        guard accepted >= 0 else { return nil }
        _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
        return StreamSocket(accepted)
    }

    /// Some bytes; empty at the end, whatever ended it.
    public func read() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
            count = max(0, recv(descriptor, buffer.baseAddress, buffer.count, 0))
        }
    }

    /// Writes all bytes.
    /// - Returns: whether the other side took them.
    @discardableResult
    public func write(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Sends as much as is taken without waiting.
    /// - Returns: how many bytes those are.
    public func offer(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.withUnsafeBytes { max(0, Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))) }
    }

    /// From now on whoever waits in it for longer gets nothing.
    public func limitWaiting(seconds: Int) {
        var patience = timeval(tv_sec: seconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    /// What comes, up to and with this text; less when the other side ends.
    public func read(upTo text: String) -> String {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while recv(descriptor, &byte, 1, 0) == 1 {
            bytes.append(byte)
            if bytes.count >= text.utf8.count, bytes.suffix(text.utf8.count).elementsEqual(text.utf8) { break }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Ends it for both sides, and wakes the thread that waits in it.
    func shut() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Tells the other side that nothing more comes; what it sends is still read.
    func finishWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Wakes the thread that reads, of which the other side notices nothing until the socket closes; then it gets a reset instead of an
    /// end (SO_LINGER of zero, socket(7)).
    func breakOff() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        shutdown(descriptor, Int32(SHUT_RD))
    }

    private static func make() throws -> StreamSocket {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw Refusal(call: "socket") }
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, 4)
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, 4)
        return StreamSocket(descriptor)
    }

    private static func address(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }
}
