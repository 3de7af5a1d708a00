/// Appends the daemon's frames, length included, to bytes that go to one client. Stateless; the session owns the bytes.
public struct ReplyEncoder {
    /// What a reply holds beside its result and token, bytes at most: the length, keys, kind, id and heads of list and string.
    public static let maxEnvelopeBytes = 64

    /// The reply without a result, for `ping` and `deleteOne`.
    public static func null(id: Int64, to writer: inout MessagePackWriter) {
        // With an id of one byte the frame is always the same but for that.
        if case 0...0x7f = id {
            let first = (0x0000_0007_8300_0401 as UInt64).bigEndian
            let rest = (UInt32(id) << 24 | 0x02_c0_00).bigEndian
            return withUnsafeBytes(of: (first, rest)) { writer.bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[..<11])) }
        }
        frame(&writer) { writer in
            head(id: id, entries: 3, &writer)
            writer.integer(2)
            writer.null()
        }
    }

    /// The reply with one value that is MessagePack already.
    public static func value(id: Int64, _ value: ArraySlice<UInt8>, to writer: inout MessagePackWriter) {
        frame(&writer) { writer in
            head(id: id, entries: 3, &writer)
            writer.integer(2)
            value.withUnsafeBytes { writer.bytes.append(contentsOf: $0) }
        }
    }

    /// The same from a whole array.
    public static func value(id: Int64, _ value: [UInt8], to writer: inout MessagePackWriter) {
        self.value(id: id, value[...], to: &writer)
    }

    /// The reply with an integer.
    public static func integer(id: Int64, _ value: Int, to writer: inout MessagePackWriter) {
        frame(&writer) { writer in
            head(id: id, entries: 3, &writer)
            writer.integer(2)
            writer.integer(Int64(value))
        }
    }

    /// A part of a list, or its end: `elements` are `count` MessagePack values one after the other.
    public static func list(
        id: Int64, count: Int, elements: some Collection<UInt8>, token: String?, hasMore: Bool, to writer: inout MessagePackWriter
    ) {
        frame(&writer) { writer in
            head(id: id, entries: 3 + (token == nil ? 0 : 1) + (hasMore ? 1 : 0), &writer)
            writer.integer(2)
            writer.listHead(count)
            writer.raw(elements)
            if let token {
                writer.integer(4)
                writer.string(token)
            }
            if hasMore {
                writer.integer(5)
                writer.boolean(true)
            }
        }
    }

    /// The reply that a request failed.
    public static func error(id: Int64, _ error: SluiceError, to writer: inout MessagePackWriter) {
        frame(&writer) { writer in
            head(id: id, entries: 3, &writer)
            writer.integer(3)
            error.write(to: &writer)
        }
    }

    /// The fault after which the daemon closes.
    public static func fault(_ error: SluiceError, to writer: inout MessagePackWriter) {
        frame(&writer) { writer in
            writer.mapHead(2)
            writer.integer(0)
            writer.integer(FrameKind.fault.rawValue)
            writer.integer(3)
            error.write(to: &writer)
        }
    }

    /// The daemon is leaving.
    public static func goingAway(reason: String, to writer: inout MessagePackWriter) {
        frame(&writer) { writer in
            writer.mapHead(2)
            writer.integer(0)
            writer.integer(FrameKind.goingAway.rawValue)
            writer.integer(2)
            writer.string(reason)
        }
    }

    /// The answer to hello.
    public static func welcome(
        name: String, features: [String], limits: StructuredValue, backends: StructuredValue, to writer: inout MessagePackWriter
    ) {
        frame(&writer) { writer in
            writer.mapHead(5)
            writer.integer(0)
            writer.integer(FrameKind.welcome.rawValue)
            writer.integer(2)
            writer.string(name)
            writer.integer(3)
            writer.listHead(features.count)
            for feature in features { writer.string(feature) }
            writer.integer(4)
            limits.write(to: &writer)
            writer.integer(5)
            backends.write(to: &writer)
        }
    }

    @usableFromInline
    static func head(id: Int64, entries: Int, _ writer: inout MessagePackWriter) {
        writer.mapHead(entries)
        writer.integer(0)
        writer.integer(FrameKind.reply.rawValue)
        writer.integer(1)
        writer.integer(id)
    }

    /// Puts the length before what `body` appends.
    @usableFromInline
    static func frame(_ writer: inout MessagePackWriter, _ body: (inout MessagePackWriter) -> Void) {
        let start = writer.bytes.count
        withUnsafeBytes(of: UInt32(0)) { writer.bytes.append(contentsOf: $0) }
        body(&writer)
        let length = UInt32(writer.bytes.count - start - 4)
        writer.bytes.withUnsafeMutableBytes { $0.storeBytes(of: length.bigEndian, toByteOffset: start, as: UInt32.self) }
    }
}

extension SluiceError {
    /// Appends the error as the map of PROTOCOL.md section 6.
    public func write(to writer: inout MessagePackWriter) {
        writer.mapHead(5)
        writer.integer(1)
        writer.string(code.rawValue)
        writer.integer(2)
        writer.string(message)
        writer.integer(3)
        writer.boolean(isRetryable)
        writer.integer(4)
        writer.boolean(isOutcomeKnown)
        writer.integer(5)
        writer.mapHead(details.count)
        for (key, detail) in details.sorted(by: { $0.key < $1.key }) {
            writer.string(key)
            switch detail {
            case .string(let text): writer.string(text)
            case .integer(let value): writer.integer(value)
            }
        }
    }
}
