import Glibc
import SluiceTesting

/// Stands between a client and a daemon, hands on what both say, and lies once on each connection when enough went by. Lives as long as the
/// test's process; its connections end with those of the two sides.
enum LyingProxy {
    /// What it says that the daemon did not.
    enum Lie {
        /// One digit of a record is another one.
        case digit
        /// The daemon gives the connection up, with a fault in place of a reply: a request is in flight then, however late anybody reads.
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
        try SocketProxy.start(before: daemon, at: path) { client, server in
            DetachedThread.start { carry(from: client, to: server, nil) }
            carry(from: server, to: client, lie)
        }
    }

    private static func carry(from: UnixSocket, to: UnixSocket, _ lie: Lie?) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var carried = 0
        var frames = FrameEnds()
        var hasLied = lie == nil
        while case let count = read(from.descriptor, &buffer, buffer.count), count > 0 {
            carried += count
            if lie == .digit, !hasLied, carried > honestBytes, let digit = lastDigitOfARun(buffer[..<count]) {
                buffer[digit] = buffer[digit] == UInt8(ascii: "a") ? UInt8(ascii: "b") : UInt8(ascii: "a")
                hasLied = true
            }
            if lie == .fault, carried > honestBytes, frames.isBetween {
                _ = to.sendAll(fault[...])
                break
            }
            guard to.sendAll(buffer[..<count]) else { break }
            frames.pass(buffer[..<count])
        }
        from.shut()
        to.shut()
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
}
