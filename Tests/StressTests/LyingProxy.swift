import Foundation
import Glibc

/// Stands between a client and a daemon, hands on what both say, and lies once on each connection when enough went by. Lives as long as the
/// test's process; its connections end with those of the two sides.
enum LyingProxy {
    /// What it says that the daemon did not.
    enum Lie {
        /// One digit of a record is another one.
        case digit
        /// The daemon gives the connection up, with a fault.
        case fault
    }

    /// Bytes of replies that are told as they are, so that the load runs when the lie comes.
    private static let honestBytes = 256 << 10
    /// `{0: 7, 3: {1: "unavailable", 2: "gone"}}` with its length.
    private static let fault: [UInt8] = {
        let frame: [UInt8] = [0x82, 0, 7, 3, 0x82, 1, 0xab] + Array("unavailable".utf8) + [2, 0xa4] + Array("gone".utf8)
        return [0, 0, 0, UInt8(frame.count)] + frame
    }()

    /// Listens at a path of its own.
    /// - Returns: that path.
    static func start(before daemon: String, at path: String, _ lie: Lie = .digit) throws -> String {
        let listener = try open(path, with: { bind($0, $1, $2) == 0 && listen($0, 64) == 0 })
        detach {
            while case let client = accept(listener, nil, nil), client >= 0 {
                guard let server = try? open(daemon, with: { connect($0, $1, $2) == 0 }) else { break }
                detach { carry(from: client, to: server, nil) }
                detach { carry(from: server, to: client, lie) }
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

    private static func carry(from: Int32, to: Int32, _ lie: Lie?) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var carried = 0
        var frames = FrameEnds()
        var hasLied = lie == nil
        while case let count = read(from, &buffer, buffer.count), count > 0 {
            carried += count
            if lie == .digit, !hasLied, carried > honestBytes, let digit = lastDigitOfARun(buffer[..<count]) {
                buffer[digit] = buffer[digit] == UInt8(ascii: "a") ? UInt8(ascii: "b") : UInt8(ascii: "a")
                hasLied = true
            }
            guard sendAll(buffer[..<count], to) else { break }
            frames.pass(buffer[..<count])
            if lie == .fault, carried > honestBytes, frames.isBetween {
                _ = sendAll(fault[...], to)
                break
            }
        }
        shutdown(from, Int32(SHUT_RDWR))
        shutdown(to, Int32(SHUT_RDWR))
    }

    private static func sendAll(_ bytes: ArraySlice<UInt8>, _ descriptor: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let moved = rest.withUnsafeBytes { send(descriptor, $0.baseAddress!, $0.count, Int32(MSG_NOSIGNAL)) }
            guard moved > 0 else { return false }
            rest = rest.dropFirst(moved)
        }
        return true
    }

    /// Where frames end in a stream of them, each with its length in four bytes before it.
    private struct FrameEnds {
        private var head: [UInt8] = []
        private var left = 0

        /// Nothing of a frame has gone by that has not gone by whole.
        var isBetween: Bool { head.isEmpty && left == 0 }

        mutating func pass(_ bytes: ArraySlice<UInt8>) {
            var rest = bytes
            while let byte = rest.first {
                if left > 0 {
                    let count = min(left, rest.count)
                    left -= count
                    rest = rest.dropFirst(count)
                } else {
                    head.append(byte)
                    rest = rest.dropFirst()
                    guard head.count == 4 else { continue }
                    left = head.reduce(0) { $0 << 8 | Int($1) }
                    head = []
                }
            }
        }
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
