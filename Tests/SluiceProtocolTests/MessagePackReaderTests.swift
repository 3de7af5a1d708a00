import CMsgPack
import SluiceProtocol
import Testing

/// The reader against hostile bytes, and against msgpack-c as an oracle for what is well-formed.
@Suite struct MessagePackReaderTests {
    private func isAccepted(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var reader = MessagePackReader(buffer)
            var budget = 1 << 20
            do { try reader.skip(budget: &budget) } catch { return false }
            return reader.isAtEnd
        }
    }

    /// msgpack-c reads the same bytes; nil where it cannot judge, since its depth is limited to 32.
    private func oracle(_ bytes: [UInt8]) -> Bool? {
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

    @Test func bombsAreRefusedWithoutAllocating() {
        for head: [UInt8] in [[0xdd], [0xdf], [0xdb], [0xc6], [0xc9]] { #expect(!isAccepted(head + [0xff, 0xff, 0xff, 0xff])) }
    }

    @Test func depthCostsNoStack() {
        #expect(isAccepted(Array(repeating: 0x91, count: 100_000) + [0xc0]))
        #expect(!isAccepted(Array(repeating: 0x91, count: 100_000)))
    }

    @Test func randomBytesAreJudgedAsByMsgpackC() {
        var generator = SystemRandomNumberGenerator()
        var judged = 0
        for _ in 0..<200_000 {
            var bytes = (0..<Int.random(in: 1...24, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
            // Announced counts of 32 bits make msgpack-c allocate for them: the very reason why the reader is our own.
            for index in bytes.indices where [0xdd, 0xdf].contains(bytes[index]) { bytes[index] = 0x91 }
            guard let expected = oracle(bytes) else { continue }
            judged += 1
            if isAccepted(bytes) != expected { Issue.record("\(bytes): the oracle says \(expected)") }
        }
        #expect(judged > 100_000)
    }

    @Test func whatIsWrittenIsRead() throws {
        for value in [
            0, 1, 127, 128, 255, 256, 65_535, 65_536, Int64(UInt32.max), 1 << 32, .max, -1, -32, -33, -128, -129, -32_768, -32_769, .min,
        ] {
            var writer = MessagePackWriter()
            writer.integer(value)
            let read = try writer.bytes[...].withBytes { buffer throws(SluiceError) in
                var reader = MessagePackReader(buffer)
                let item = try reader.next()
                return (item, reader.isAtEnd)
            }
            #expect(read == (.integer(value), true))
        }
    }
}
