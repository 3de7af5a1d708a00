import Glibc

/// A TCP socket on 127.0.0.1, as far as tests need one: to find a free port, and to see whether a server answers.
public enum LoopbackSocket {
    /// A port that nobody has now, of those that the system does not give out by itself: between here and the server's start it could
    /// become anybody's.
    /// - Throws: `TestServerFailure` when there is none.
    public static func freePort() throws -> UInt16 {
        for _ in 0..<100 {
            let port = UInt16.random(in: 15_000..<32_000)
            if try open(port: port, { bind($0, $1, $2) == 0 }) { return port }
        }
        throw TestServerFailure("127.0.0.1 has no free port")
    }

    /// Whether what listens on a port answers a request with anything within a second; for no request, whether anything listens.
    public static func answers(port: UInt16, to request: [UInt8]) -> Bool {
        let answered = try? open(port: port) { socket, address, length in
            var patience = timeval(tv_sec: 1, tv_usec: 0)
            setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
            guard connect(socket, address, length) == 0, send(socket, request, request.count, Int32(MSG_NOSIGNAL)) == request.count
            else { return false }
            if request.isEmpty { return true }
            var byte: UInt8 = 0
            return recv(socket, &byte, 1, 0) == 1
        }
        return answered ?? false
    }

    private static func open<Result>(
        port: UInt16, _ body: (Int32, UnsafeMutablePointer<sockaddr>, socklen_t) throws -> Result
    ) throws -> Result {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return try withUnsafeMutablePointer(to: &address) { pointer in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                try body(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
