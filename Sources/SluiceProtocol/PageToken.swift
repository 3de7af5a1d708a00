/// Where a walk stopped: the order's values and the id of the last record, and a digest of the
/// question. Opaque text to callers, hostile input to us.
public struct PageToken: Sendable, Hashable {
    /// A digest of repository, filter and order: a token fits no other question.
    public let digest: UInt64
    /// The engine's values of the ordered fields of the last record.
    public let keys: [Scalar]
    /// The last record's id.
    public let id: String

    /// A token from its parts.
    public init(digest: UInt64, keys: [Scalar], id: String) {
        self.digest = digest
        self.keys = keys
        self.id = id
    }

    /// The digest of a question: FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/). It guards against mistakes; a
    /// forged token only moves the forger's own walk.
    public static func digest(repository: String, filter: Filter, order: [SortField]) -> UInt64 {
        var writer = MessagePackWriter()
        writer.string(repository)
        filter.write(to: &writer)
        order.write(to: &writer)
        return writer.bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    /// The opaque text.
    public var text: String {
        var writer = MessagePackWriter()
        writer.listHead(4)
        writer.integer(1)
        writer.integer(Int64(bitPattern: digest))
        writer.listHead(keys.count)
        for key in keys { key.write(to: &writer) }
        writer.string(id)
        return Base64.encodeURLSafe(writer.bytes)
    }

    /// From a caller's text.
    /// - Throws: `invalidInput` with reason `badToken` when it is none of ours or belongs to another question.
    public init(text: String, digest: UInt64, orderCount: Int) throws(SluiceError) {
        guard let bytes = Base64.decode(text.utf8), let token = try? Self.decode(bytes[...]) else {
            throw .invalidInput("the page token is not one that this daemon made", reason: "badToken")
        }
        guard token.digest == digest, token.keys.count == orderCount else {
            throw .invalidInput("the page token belongs to another repository, filter or order", reason: "badToken")
        }
        self = token
    }

    private static func decode(_ bytes: ArraySlice<UInt8>) throws(SluiceError) -> PageToken {
        try bytes.withBytes { buffer throws(SluiceError) in
            var reader = MessagePackReader(buffer)
            guard case .list(4) = try reader.next(), case .integer(1) = try reader.next(), case .integer(let digest) = try reader.next(),
                case .list(let count) = try reader.next(), count <= Limits.maxOrderFields
            else { throw .malformed("not a token") }
            var keys: [Scalar] = []
            for _ in 0..<count { keys.append(try Scalar(&reader, storage: bytes)) }
            guard case .string(let range) = try reader.next(), reader.isAtEnd else { throw .malformed("not a token") }
            let id = UnsafeRawBufferPointer(rebasing: buffer[range])
            try ValueRules.check(text: id)
            return PageToken(digest: UInt64(bitPattern: digest), keys: keys, id: String(decoding: id, as: UTF8.self))
        }
    }
}
