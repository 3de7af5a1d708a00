/// What the daemon may send, told apart by its first entries; the mirror of `ClientFrame`.
public enum ServerFrame: Sendable {
    /// The answer to hello.
    case welcome(Welcome)
    /// A reply or a part of one.
    case reply(ServerReply)
    /// The daemon is leaving: new requests belong on a new connection.
    case goingAway(reason: String)
    /// A connection-level error, after which the daemon closes.
    case fault(SluiceError)
    /// A kind this client does not know, which is skipped.
    case unknown

    /// Opens a frame's bytes (without the length), which are all of `storage`; a reply's result stays a slice of it.
    /// - Throws: `invalidInput` when the frame is not what the protocol says; the connection cannot go on.
    public init(_ storage: ArraySlice<UInt8>) throws(SluiceError) {
        self = try storage.withBytes { buffer throws(SluiceError) in
            var reader = MessagePackReader(buffer)
            guard case .map(let entries) = try reader.next(), entries >= 1, case .integer(0) = try reader.next() else {
                throw .malformed("a frame must be a map that starts with its kind")
            }
            let kind = FrameKind(rawValue: try reader.integer("the frame's kind"))
            let frame = try Self.open(kind, entries - 1, &reader, storage)
            guard reader.isAtEnd else { throw .malformed("\(buffer.count - reader.offset) bytes after the frame's map") }
            return frame
        }
    }

    private static func open(
        _ kind: FrameKind?, _ entries: Int, _ reader: inout MessagePackReader, _ storage: ArraySlice<UInt8>
    ) throws(SluiceError) -> ServerFrame {
        switch kind {
        case .welcome: return .welcome(try Welcome(entries: entries, reader: &reader))
        case .reply: return .reply(try ServerReply(entries: entries, reader: &reader, storage: storage))
        case .goingAway:
            var reason = ""
            try reader.forEachEntry(entries, after: SeenKeys(0)) { key, reader throws(SluiceError) in
                guard key == 2 else { return false }
                reason = try reader.text("the reason")
                return true
            }
            return .goingAway(reason: reason)
        case .fault:
            var error: SluiceError?
            try reader.forEachEntry(entries, after: SeenKeys(0)) { key, reader throws(SluiceError) in
                guard key == 3 else { return false }
                error = try SluiceError(&reader)
                return true
            }
            guard let error else { throw .malformed("a fault without its error") }
            return .fault(error)
        default:
            try reader.forEachEntry(entries) { _, _ in false }
            return .unknown
        }
    }
}
