import CMongoC
import SluiceProtocol
import SluiceTesting
import Testing

@testable import SluiceMongo

/// Records to stored documents and back, against libbson.
@Suite struct CodecTests {
    private let layout = MongoLayout(RepositoryDefinition(name: "items"), limits: Limits())

    private func stored(_ fields: RecordValue) throws -> [UInt8] {
        var record = fields
        record["id"] = "65a1b2c3d4e5f60718293a4b"
        return try layout.stored(try Document(validating: record.messagePack[...])) { preconditionFailure("the record has an id") }
    }

    private func record(_ stored: [UInt8]) throws -> RecordValue {
        var record = try RecordValue(try stored.withUnsafeBytes { try layout.record($0) })
        record["id"] = nil
        return record
    }

    /// What is stored for `{"v": value}`, as MongoDB's own tools show it, without the `_id`.
    private func shown(_ value: RecordValue) throws -> String? {
        let id = "{ \"_id\" : { \"$oid\" : \"65a1b2c3d4e5f60718293a4b\" }, \"v\" : "
        guard let json = LibBSON.canonicalJSON(try stored(["v": value])), json.hasPrefix(id) else { return nil }
        return String(json.dropFirst(id.count).dropLast(2))
    }

    @Test(
        arguments: [
            (nil, "null"), (true, "true"), (false, "false"), (0, #"{ "$numberInt" : "0" }"#), (-1, #"{ "$numberInt" : "-1" }"#),
            (2_147_483_647, #"{ "$numberInt" : "2147483647" }"#), (2_147_483_648, #"{ "$numberLong" : "2147483648" }"#),
            (.integer(.min), #"{ "$numberLong" : "-9223372036854775808" }"#), (1.5, #"{ "$numberDouble" : "1.5" }"#),
            (6.0, #"{ "$numberDouble" : "6.0" }"#), ("é\"\\\u{1}", #""é\"\\\u0001""#), ("", "\"\""),
            (.binary([1, 2]), #"{ "$binary" : { "base64" : "AQI=", "subType" : "00" } }"#),
            (.timestamp(-5), #"{ "$date" : { "$numberLong" : "-5" } }"#), (.decimal("1.50"), #"{ "$numberDecimal" : "1.50" }"#),
            (.objectID("000102030405060708090a0b"), #"{ "$oid" : "000102030405060708090a0b" }"#), ([], "[  ]"), ([:], "{  }"),
            ([1, ["a.b": ["$x": nil]]], #"[ { "$numberInt" : "1" }, { "a.b" : { "$x" : null } } ]"#),
            (.list(Array(repeating: false, count: 11)), "[ " + Array(repeating: "false", count: 11).joined(separator: ", ") + " ]"),
        ] as [(RecordValue, String)])
    func aKindIsStoredAsItsOwn(_ value: RecordValue, _ expected: String) throws {
        #expect(try shown(value) == expected)
        #expect(try record(stored(["v": value])) == ["v": value])
    }

    @Test func aListsElementsAreNamedByTheirNumbers() throws {
        let values = (0..<1_234).map { RecordValue.integer($0 * 999_983) }
        let bytes = try stored(["v": .list(values)])
        let json = try #require(LibBSON.canonicalJSON(bytes))
        #expect(LibBSON.document(json: json) == bytes)
        #expect(try record(bytes) == ["v": .list(values)])
    }

    // MARK: kinds that BSON lacks

    @Test func aDecimalThatDecimal128CannotHoldIsAMap() throws {
        let long = "12345678901234567890123456789012345678"
        #expect(try shown(.decimal(long)) == #"{ "$numberDecimal" : "\#(long)" }"#)
        var isMap = false
        let bytes = try stored(["v": .decimal(long)])
        try bytes.withUnsafeBytes { isMap = try $0.element("v")?.type == .document }
        #expect(isMap, "and no Decimal128 that looks alike")
        for text in [long, "-1E-6176", "9.999999999999999999999999999999999E+6144", "1.0000000000000000000000000000000000", "-0.00"] {
            #expect(try record(stored(["v": .decimal(text), "w": [.decimal(text)]])) == ["v": .decimal(text), "w": [.decimal(text)]])
        }
    }

    @Test(
        arguments: [
            ["$numberDecimal": "12345678901234567890123456789012345678"], ["$numberDecimal": "1.5"], ["$numberDecimal": 1],
            ["$numberDecimal": "12345678901234567890123456789012345678", "a": 1], ["$escaped": ["$numberDecimal": "1"]],
            ["$$numberDecimal": "12345678901234567890123456789012345678"],
            ["$numberDecimal": 1, "$$numberDecimal": 2, "$$$numberDecimal": 3],
            ["numberDecimal": 1], ["$$": 1],
            ["$escaped": ["$escaped": ["$escaped": 5]]], ["$escaped": 1, "$numberDecimal": 2, "a": 3], ["$escaped": nil], ["$escaped": [:]],
        ] as [RecordValue])
    func aMapThatLooksLikeAKindStaysAMap(_ map: RecordValue) throws {
        let fields: RecordValue = ["v": map, "w": [map, ["x": map]]]
        let bytes = try stored(fields)
        #expect(LibBSON.isValid(bytes))
        #expect(try record(bytes) == fields)
    }

    @Test(arguments: ["1.5", "1.50E+3", "x", "", "NaN", "012345678901234567890123456789012345678"])
    func aMapOfOthersIsOnlyADecimalWhereSluiceWouldStoreItSo(_ text: String) throws {
        let bytes = BSONWriter.document { writer in writer.document("v") { $0.string("$numberDecimal", text) } }
        #expect(try record(bytes) == ["v": ["$numberDecimal": .string(text)]])
    }

    // MARK: random records

    @Test func randomRecordsComeBackAndAreWhatLibbsonTakesForBSON() throws {
        var random = SeededGenerator(seed: 20_260_101)
        for _ in 0..<3_000 {
            let fields = RandomRecord.map(depth: 5, using: &random)
            let bytes = try stored(fields)
            #expect(LibBSON.isValid(bytes))
            let json = try #require(LibBSON.canonicalJSON(bytes))
            #expect(json.utf8.count > 0)
            #expect(try record(bytes) == fields)
        }
    }
}
