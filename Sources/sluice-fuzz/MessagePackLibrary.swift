import CMsgPack

/// msgpack-c as the oracle for what is well-formed. Stateless.
enum MessagePackLibrary {
    /// Whether the bytes are exactly one value; nil where the library cannot judge, since it nests 32 deep only.
    static func accepts(_ bytes: [UInt8]) -> Bool? {
        var unpacked = msgpack_unpacked()
        msgpack_unpacked_init(&unpacked)
        defer { msgpack_unpacked_destroy(&unpacked) }
        var offset = 0
        let answer = bytes.withUnsafeBytes { buffer in
            msgpack_unpack_next(&unpacked, buffer.baseAddress?.assumingMemoryBound(to: CChar.self), buffer.count, &offset)
        }
        switch answer {
        case MSGPACK_UNPACK_SUCCESS: return offset == bytes.count
        case MSGPACK_UNPACK_CONTINUE, MSGPACK_UNPACK_PARSE_ERROR: return false
        default: return nil
        }
    }
}
