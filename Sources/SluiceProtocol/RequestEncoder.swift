/// Appends a client's frames, length included, to bytes that go to the daemon. Stateless; the connection owns the bytes.
public struct RequestEncoder {
    /// The handshake: a name for people, and what the client understands.
    public static func hello(name: String, features: [String], to writer: inout MessagePackWriter) {
        ReplyEncoder.frame(&writer) { writer in
            writer.mapHead(3)
            writer.integer(0)
            writer.integer(FrameKind.hello.rawValue)
            writer.integer(2)
            writer.string(name)
            writer.integer(3)
            writer.listHead(features.count)
            for feature in features { writer.string(feature) }
        }
    }

    /// A request.
    /// - Parameters:
    ///   - arguments: the arguments' map as `ArgumentsEncoder` made it; nil when the operation takes none.
    ///   - deadlineMilliseconds: what remains; nil asks for the daemon's default.
    ///   - attempt: from 1; 2 and more says that the request was sent before.
    public static func request(
        id: Int64, operation: Operation, repository: String?, arguments: [UInt8]?, deadlineMilliseconds: Int64?, attempt: Int64,
        to writer: inout MessagePackWriter
    ) {
        let optional = [repository != nil, arguments != nil, deadlineMilliseconds != nil, attempt > 1]
        ReplyEncoder.frame(&writer) { writer in
            writer.mapHead(3 + optional.count { $0 })
            writer.integer(0)
            writer.integer(FrameKind.request.rawValue)
            writer.integer(1)
            writer.integer(id)
            writer.integer(2)
            writer.integer(operation.rawValue)
            if let repository {
                writer.integer(3)
                writer.string(repository)
            }
            if let arguments {
                writer.integer(4)
                writer.raw(arguments)
            }
            if let deadlineMilliseconds {
                writer.integer(5)
                writer.integer(deadlineMilliseconds)
            }
            if attempt > 1 {
                writer.integer(6)
                writer.integer(attempt)
            }
        }
    }

    /// The wish to end a request.
    public static func cancel(id: Int64, to writer: inout MessagePackWriter) {
        ReplyEncoder.frame(&writer) { writer in
            writer.mapHead(2)
            writer.integer(0)
            writer.integer(FrameKind.cancel.rawValue)
            writer.integer(1)
            writer.integer(id)
        }
    }
}
