import Glibc
import SluiceTesting

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
        try SocketProxy.start(before: daemon, at: path, carry)
    }

    /// Hands on one request, then its reply, and so on.
    @Sendable private static func carry(_ client: UnixSocket, _ server: UnixSocket) {
        var before: [UInt8] = []
        var replies = 0
        while let request = frame(from: client), server.sendAll(request[...]), var reply = frame(from: server) {
            replies += 1
            let isSave = request.count > operationOffset && request[operationOffset] == save
            let told = reply
            if isSave, replies > honestReplies, before.count == reply.count { reply[headBytes...] = before[headBytes...] }
            guard client.sendAll(reply[...]) else { break }
            before = told
        }
        for end in [client, server] { end.shut() }
    }

    private static func frame(from socket: UnixSocket) -> [UInt8]? {
        guard let head = bytes(4, from: socket) else { return nil }
        guard let rest = bytes(head.reduce(0) { $0 << 8 | Int($1) }, from: socket) else { return nil }
        return head + rest
    }

    private static func bytes(_ count: Int, from socket: UnixSocket) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return recv(socket.descriptor, &bytes, count, Int32(MSG_WAITALL)) == count ? bytes : nil
    }
}
