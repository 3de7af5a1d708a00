import Foundation
import Glibc

/// Stands between a client and a daemon, hands on what both say, and changes one digit of a record once enough of them went by. Lives as
/// long as the test's process; its connections end with those of the two sides.
enum LyingProxy {
    /// Bytes of replies that are told as they are, so that the load runs when the lie comes.
    private static let honestBytes = 2 << 20

    /// Listens at a path of its own.
    /// - Returns: that path.
    static func start(before daemon: String, at path: String) throws -> String {
        let listener = try open(path, with: { bind($0, $1, $2) == 0 && listen($0, 64) == 0 })
        detach {
            while case let client = accept(listener, nil, nil), client >= 0 {
                guard let server = try? open(daemon, with: { connect($0, $1, $2) == 0 }) else { break }
                detach { carry(from: client, to: server, lies: false) }
                detach { carry(from: server, to: client, lies: true) }
            }
        }
        return path
    }

    static func open(
        _ path: String, with use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Bool
    ) throws -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let isDone = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { use(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
        guard isDone else { throw CancellationError() }
        return descriptor
    }

    private static func carry(from: Int32, to: Int32, lies: Bool) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var carried = 0
        var hasLied = !lies
        while case let count = read(from, &buffer, buffer.count), count > 0 {
            carried += count
            if !hasLied, carried > honestBytes, let digit = lastDigitOfARun(buffer[..<count]) {
                buffer[digit] = buffer[digit] == UInt8(ascii: "a") ? UInt8(ascii: "b") : UInt8(ascii: "a")
                hasLied = true
            }
            var sent = 0
            while sent < count {
                let moved = buffer.withUnsafeBytes { send(to, $0.baseAddress! + sent, count - sent, Int32(MSG_NOSIGNAL)) }
                guard moved > 0 else { break }
                sent += moved
            }
            if sent < count { break }
        }
        shutdown(from, Int32(SHUT_RDWR))
        shutdown(to, Int32(SHUT_RDWR))
    }

    /// A digit well within a field's text: hexadecimal digits on both sides, more of them than an id has.
    private static func lastDigitOfARun(_ bytes: ArraySlice<UInt8>) -> Int? {
        var run = 0
        for index in bytes.indices {
            let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) || (0x61...0x66).contains(bytes[index])
            run = isDigit ? run + 1 : 0
            if run == 60 { return index }
        }
        return nil
    }

    static func detach(_ body: @escaping @Sendable () -> Void) { Thread.detachNewThread(body) }
}
