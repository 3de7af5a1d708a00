/// What a client may send, told apart by its first entries (PROTOCOL.md sections 2 and 7).
public enum ClientFrame {
    /// The handshake.
    case hello(ClientHello)
    /// A request.
    case request(RequestEnvelope)
    /// A request that breaks a rule; the error goes to its id and the connection lives on.
    case rejected(id: Int64, SluiceError)
    /// A wish to end a request.
    case cancel(id: Int64)
    /// A kind this daemon does not know, which is skipped.
    case unknown

    /// Opens a frame's bytes (without the length).
    /// - Throws: the error for a fault: nothing in the frame can be answered to a request.
    public init(_ bytes: UnsafeRawBufferPointer, maxValues: Int) throws(SluiceError) {
        var reader = MessagePackReader(bytes)
        guard let entries = try reader.envelopeHead(), entries >= 1 else {
            throw .malformed("a frame must be a map that starts with its kind")
        }
        guard case .integer(0) = try reader.next() else { throw .invalidInput("a frame's first entry must be key 0, its kind") }
        let code = try reader.integer("the frame's kind")
        switch FrameKind(rawValue: code) {
        case .hello: self = .hello(try ClientHello(entries: entries - 1, reader: &reader, maxValues: maxValues))
        case .request:
            let id = try Self.id(&reader, entries)
            do {
                self = .request(try RequestEnvelope(id: id, entries: entries - 2, reader: &reader, maxValues: maxValues))
            } catch {
                self = .rejected(id: id, error)
            }
        case .cancel:
            let id = try Self.id(&reader, entries)
            try reader.forEachEntry(entries - 2, after: SeenKeys(0, 1), maxValues: maxValues) { _, _ in false }
            try Self.checkEnd(reader)
            self = .cancel(id: id)
        default:
            // Nothing is known of it but that it must be well-formed.
            var budget = maxValues
            for _ in 0..<2 * (entries - 1) { try reader.skip(budget: &budget) }
            try Self.checkEnd(reader)
            self = .unknown
        }
    }

    private static func id(_ reader: inout MessagePackReader, _ entries: Int) throws(SluiceError) -> Int64 {
        guard entries >= 2, case .integer(1) = try reader.next(), case .integer(let id) = try reader.next(), id >= 0 else {
            throw .invalidInput("the second entry must be key 1, the request's id, an integer from 0 to 2^63-1")
        }
        return id
    }

    private static func checkEnd(_ reader: MessagePackReader) throws(SluiceError) {
        guard reader.isAtEnd else { throw .malformed("\(reader.bytes.count - reader.offset) bytes after the frame's map") }
    }
}
