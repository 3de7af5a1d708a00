import SluiceBackend
import SluiceProtocol
import Testing

/// Pages that are larger than a frame should be.
@Suite struct RecordPageTests {
    /// Records of one field, all of one length.
    private static func records(_ count: Int) -> [UInt8] {
        var writer = MessagePackWriter()
        for _ in 0..<count {
            writer.mapHead(1)
            writer.string("n")
            writer.string(String(repeating: "x", count: 99))
        }
        return writer.bytes
    }

    @Test func partsEndWhereRecordsEnd() throws {
        let bytes = Self.records(10)
        let recordBytes = bytes.count / 10
        var rest = bytes[...]
        var counts: [Int] = []
        while let part = RecordPage.part(of: rest, bytes: 3 * recordBytes - 1) {
            #expect((part.end - rest.startIndex) == part.count * recordBytes)
            counts.append(part.count)
            rest = rest[part.end...]
        }
        #expect(counts == [3, 3, 3])
        #expect(Array(rest) == bytes.suffix(recordBytes))
    }

    @Test func whatFitsIsNotSplit() {
        let bytes = Self.records(3)
        #expect(RecordPage.part(of: bytes[...], bytes: bytes.count) == nil)
        // The last record alone is more than a part.
        #expect(RecordPage.part(of: bytes[...], bytes: bytes.count - 1) == nil)
        #expect(RecordPage.part(of: [], bytes: 1) == nil)
    }

    @Test func bytesThatAreNoRecordsStayWhole() {
        #expect(RecordPage.part(of: [0xc1, 0xc1, 0xc1], bytes: 1) == nil)
    }
}
