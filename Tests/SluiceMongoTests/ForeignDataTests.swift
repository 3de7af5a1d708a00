import SluiceProtocol
import SluiceTesting
import Testing

@testable import SluiceMongo

/// What others may have stored, and what nobody should have: it is shown, or refused with an error.
@Suite struct ForeignDataTests {
    private let layout = MongoLayout(RepositoryDefinition(name: "items"), limits: Limits())

    private func record(_ stored: [UInt8]) throws -> RecordValue {
        try RecordValue(try stored.withUnsafeBytes { try layout.record($0) })
    }

    private func shown(_ json: String) throws -> RecordValue? { try record(LibBSON.document(json: "{\"v\": \(json)}"))["v"] }

    @Test(
        arguments: [
            (
                #"{"$regularExpression": {"pattern": "a\\.b", "options": "i"}}"#,
                ["$regularExpression": ["pattern": "a\\.b", "options": "i"]]
            ),
            (#"{"$regularExpression": {"pattern": "", "options": ""}}"#, ["$regularExpression": ["pattern": "", "options": ""]]),
            (#"{"$code": "f()"}"#, ["$code": "f()"]),
            (#"{"$code": "f()", "$scope": {"a": [{"$numberInt": "1"}]}}"#, ["$code": "f()", "$scope": ["a": [1]]]),
            (#"{"$timestamp": {"t": 4294967295, "i": 7}}"#, ["$timestamp": ["t": 4_294_967_295, "i": 7]]),
            (
                #"{"$dbPointer": {"$ref": "c", "$id": {"$oid": "65a1b2c3d4e5f60718293a4b"}}}"#,
                ["$dbPointer": ["$ref": "c", "$id": .objectID("65a1b2c3d4e5f60718293a4b")]]
            ),
            (#"{"$minKey": 1}"#, ["$minKey": 1]), (#"{"$maxKey": 1}"#, ["$maxKey": 1]), (#"{"$undefined": true}"#, nil),
            (#"{"$symbol": "s"}"#, "s"), (#"{"$numberDouble": "NaN"}"#, ["$numberDouble": "NaN"]),
            (#"{"$numberDouble": "-Infinity"}"#, ["$numberDouble": "-Infinity"]),
            (#"{"$numberDouble": "Infinity"}"#, ["$numberDouble": "Infinity"]),
            (#"{"$numberDecimal": "NaN"}"#, ["$numberDecimal": "NaN"]),
            (#"{"$numberDecimal": "-Infinity"}"#, ["$numberDecimal": "-Infinity"]),
            (#"{"$numberLong": "5"}"#, 5), (#"{"$date": {"$numberLong": "253402300799999"}}"#, .timestamp(253_402_300_799_999)),
            (#"{"$date": {"$numberLong": "253402300800000"}}"#, ["$date": ["$numberLong": "253402300800000"]]),
            (#"{"$date": {"$numberLong": "-9223372036854775808"}}"#, ["$date": ["$numberLong": "-9223372036854775808"]]),
            (#"{"$binary": {"base64": "AAECAwQFBgcICQoLDA0ODw==", "subType": "04"}}"#, .binary(Array(0...15))),
            (#"{"$binary": {"base64": "AQI=", "subType": "02"}}"#, .binary([1, 2])),
            (#"{"$binary": {"base64": "", "subType": "80"}}"#, .binary([])),
        ] as [(String, RecordValue)])
    func kindsThatSluiceHasNotAreShownAsExtendedJSON(_ json: String, _ expected: RecordValue) throws {
        #expect(try shown(json) == expected)
        #expect(try shown("[\(json)]") == [expected])
    }

    @Test(
        arguments: [
            (#"{"_id": "text", "a": 1}"#, ["id": "text", "a": 1]), (#"{"_id": {"$numberInt": "7"}}"#, ["id": "7"]),
            (#"{"a": 1, "_id": {"$oid": "65a1b2c3d4e5f60718293a4b"}, "id": "hidden"}"#, ["a": 1, "id": "65a1b2c3d4e5f60718293a4b"]),
        ] as [(String, RecordValue)])
    func anIdIsText(_ json: String, _ expected: RecordValue) throws { #expect(try record(LibBSON.document(json: json)) == expected) }

    @Test func whatIsNotTextIsRefused() {
        for payload in [[0x61, 0x00, 0x62], [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80]] as [[UInt8]] {
            let bytes = BSONWriter.document { writer in
                writer.head(.string, "v".utf8)
                writer.text(payload)
            }
            expectRefusal(bytes)
        }
        expectRefusal(BSONWriter.document { $0.head(.null, [0xff]) })
    }

    @Test func tooDeepIsRefused() throws {
        func nested(_ depth: Int, list: Bool) -> [UInt8] {
            var json = "1"
            for _ in 1..<depth { json = list ? "[\(json)]" : "{\"a\": \(json)}" }
            return LibBSON.document(json: "{\"v\": \(json)}")
        }
        for list in [false, true] {
            let record = try nested(Limits.maxDepth, list: list).withUnsafeBytes { try layout.record($0) }
            _ = try Document(validating: record.bytes)
            expectRefusal(nested(Limits.maxDepth + 1, list: list))
            // As deep as a hostile server likes.
            var bytes: [UInt8] = [5, 0, 0, 0, 0]
            for _ in 0..<20_000 {
                let inner = bytes
                bytes = BSONWriter.document { writer in
                    writer.head(list ? .array : .document, "0".utf8)
                    writer.bytes += inner
                }
                if bytes.count > 20_000 { break }
            }
            expectRefusal(bytes)
        }
    }

    private func expectRefusal(_ bytes: [UInt8], line: Int = #line) {
        do {
            let record = try record(bytes)
            Issue.record("it is shown as \(record)", sourceLocation: .init(fileID: #fileID, filePath: #filePath, line: line, column: 1))
        } catch { #expect((error as? SluiceError)?.code == .backendError) }
    }

    // MARK: bytes that are no BSON

    /// Every kind, each in a map, a list and beside others.
    private static let everything = LibBSON.document(
        json: #"""
            {"_id": {"$oid": "65a1b2c3d4e5f60718293a4b"}, "a": {"$numberInt": "5"},
             "b": {"$numberLong": "6"}, "c": {"$numberDouble": "1.5"},
             "d": "text", "e": {"x": {"y": [1, "z", {"w": null}]}}, "f": [], "g": {}, "h": true, "i": {"$date": {"$numberLong": "5"}},
             "j": {"$binary": {"base64": "AQID", "subType": "00"}}, "k": {"$binary": {"base64": "AQID", "subType": "02"}},
             "l": {"$numberDecimal": "1.50"}, "m": {"$regularExpression": {"pattern": "p", "options": "i"}}, "n": {"$code": "f"},
             "o": {"$code": "f", "$scope": {"s": 1}}, "p": {"$timestamp": {"t": 1, "i": 2}}, "q": {"$minKey": 1}, "r": {"$maxKey": 1},
             "s": {"$undefined": true}, "t": {"$symbol": "s"}, "u": {"$escaped": {"$escaped": 1}},
             "v": {"$dbPointer": {"$ref": "c", "$id": {"$oid": "65a1b2c3d4e5f60718293a4b"}}}}
            """#)

    /// Reads bytes that may be anything: the answer is a record of well-formed MessagePack, or an error.
    /// - Returns: whether it was read.
    private func isRead(_ bytes: [UInt8]) -> Bool {
        let answer: Document
        do { answer = try bytes.withUnsafeBytes { try layout.record($0) } } catch {
            #expect((error as? SluiceError)?.code == .backendError)
            return false
        }
        answer.bytes.withUnsafeBytes { buffer in
            var reader = MessagePackReader(buffer)
            var budget = Int.max
            #expect(throws: Never.self) { try reader.skip(budget: &budget) }
            #expect(reader.isAtEnd)
        }
        return true
    }

    @Test func everyTruncationIsRefused() {
        #expect(isRead(Self.everything))
        for count in 0..<Self.everything.count {
            var bytes = Array(Self.everything[..<count])
            #expect(!isRead(bytes))
            // With a length that fits, as a liar would write it.
            guard count >= 5 else { continue }
            withUnsafeBytes(of: UInt32(count).littleEndian) { bytes.replaceSubrange(0..<4, with: $0) }
            #expect(isRead(bytes) == false || LibBSON.isValid(bytes))
        }
    }

    /// What libbson takes for BSON is read, and little else is. Lengths and types are what a mutation hits most.
    @Test func noMutationTraps() {
        var random = SeededGenerator(seed: 1)
        var counts = (read: 0, refused: 0)
        for round in 0..<60_000 {
            var bytes = Self.everything
            for _ in 0...round % 3 {
                let position = Int.random(in: 4..<bytes.count, using: &random)
                bytes[position] =
                    [0, 1, 2, 5, 0x7f, 0x80, 0xff, bytes[position] ^ 1, .random(in: 0...255, using: &random)][
                        Int.random(in: 0..<9, using: &random)]
            }
            if isRead(bytes) { counts.read += 1 } else { counts.refused += 1 }
        }
        #expect(counts.read > 1_000 && counts.refused > 1_000)
    }
}
