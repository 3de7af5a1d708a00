import Foundation
import Glibc

/// Stands between one client that works on one record, a request at a time, and a daemon, and after a while answers an update with the
/// record as it was before. Lives as long as the test's process; its connections end with those of the two sides.
enum PreimageProxy {
    /// Replies that are told as they are.
    private static let honestReplies = 100
    /// Length, map, kind and id: what stands before a reply's result (PROTOCOL.md section 3).
    private static let headBytes = 10
    /// Where the operation stands in a request with a small id, and the one that saves (protocol/operations.json).
    private static let (operationOffset, save): (Int, UInt8) = (10, 18)

    /// Listens at a path of its own.
    /// - Returns: that path.
    static func start(before daemon: String, at path: String) throws -> String {
        let listener = try LyingProxy.open(path, with: { bind($0, $1, $2) == 0 && listen($0, 64) == 0 })
        LyingProxy.detach {
            while case let client = accept(listener, nil, nil), client >= 0 {
                guard let server = try? LyingProxy.open(daemon, with: { connect($0, $1, $2) == 0 }) else { break }
                LyingProxy.detach { carry(client, server) }
            }
        }
        return path
    }

    /// Hands on one request, then its reply, and so on.
    private static func carry(_ client: Int32, _ server: Int32) {
        var before: [UInt8] = []
        var replies = 0
        while let request = frame(from: client), write(request, to: server), var reply = frame(from: server) {
            replies += 1
            let isSave = request.count > operationOffset && request[operationOffset] == save
            let told = reply
            if isSave, replies > honestReplies, before.count == reply.count { reply[headBytes...] = before[headBytes...] }
            guard write(reply, to: client) else { break }
            before = told
        }
        for end in [client, server] { shutdown(end, Int32(SHUT_RDWR)) }
    }

    private static func frame(from descriptor: Int32) -> [UInt8]? {
        guard let head = bytes(4, from: descriptor) else { return nil }
        guard let rest = bytes(head.reduce(0) { $0 << 8 | Int($1) }, from: descriptor) else { return nil }
        return head + rest
    }

    private static func bytes(_ count: Int, from descriptor: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return recv(descriptor, &bytes, count, Int32(MSG_WAITALL)) == count ? bytes : nil
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }
}
