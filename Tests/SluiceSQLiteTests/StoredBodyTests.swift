import SluiceProtocol
import SluiceTesting
import Testing

@testable import SluiceSQLite

/// What conditions see of a record without a column is what a column would hold, whatever the record.
@Suite struct StoredBodyTests {
    /// What `sluice_value` gives for a path: nil when it is missing.
    private func value(_ json: [UInt8], _ path: String) -> SQLiteValue? {
        json.withUnsafeBytes { text in
            Array(path.utf8).withUnsafeBytes { path in
                var body = StoredBody(text)
                guard body.seek(path: path) else { return nil }
                switch body.value() {
                case .null: return .null
                case .container: return .container
                case .other(let value): return value
                case .string(let range, hasEscapes: false): return .text(Array(text[range])[...])
                case .string(let range, hasEscapes: true): return .text(body.unescaped(range)[...])
                }
            }
        }
    }

    @Test(arguments: [
        (#"{"a":1}"#, "a", SQLiteValue.integer(1)), (#"{"a":1.0}"#, "a", .float(1)), (#"{"a":-5e3}"#, "a", .float(-5000)),
        (#"{"a":"x"}"#, "a", .text([0x78])),
        (#" { "a" : { "b" : [ 1 , 2 ] } , "c" : null } "#, "a.b", .container), (#"{"a":{"b":[1,2]},"c":null}"#, "c", .null),
        (#"{"a":true}"#, "a", .blob([2, 1])),
        (#"{"a":"\u00e9\n\ud83d\ude00\\"}"#, "a", .text(ArraySlice("é\n😀\\".utf8))), (#"{"\u0061":{"b\"c":7}}"#, #"a.b"c"#, .integer(7)),
        (#"{"a":{"$date":"1970-01-01T00:00:00.001Z"}}"#, "a", .blob([3, 0x80, 0, 0, 0, 0, 0, 0, 1])),
        (#"{"a":{"$numberDecimal":"1.50"}}"#, "a", .blob(ArraySlice(Array("\u{4}15E-1".utf8)))),
        (#"{"a":{"$oid":"000000000000000000000001"}}"#, "a", .blob([5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])),
        (#"{"a":{"$binary":{"base64":"AQI=","subType":"00"}}}"#, "a", .blob([1, 1, 2])),
        (#"{"a":{"$escaped":{"$date":"x"}}}"#, "a", .container),
        (#"{"a":{"$escaped":{"$date":"x"}}}"#, "a.$date", .text([0x78])), (#"{"a":{"$date":"x","b":1}}"#, "a.$date", .text([0x78])),
        (#"{"a":{"$date":"x","b":1}}"#, "a", .container), (#"{"a":{"$escaped":{"$escaped":{"b":1}}}}"#, "a.$escaped.b", .integer(1)),
        (#"{"a":{}}"#, "a", .container),
        (#"{"a":{"x":"}]\"","b":2}}"#, "a.b", .integer(2)), (#"{"":1,"a":2}"#, "a", .integer(2)),
    ])
    func finds(_ json: String, _ path: String, _ expected: SQLiteValue) { #expect(value(Array(json.utf8), path) == expected) }

    @Test(arguments: [
        (#"{"a":1}"#, "b"), (#"{"a":1}"#, "a.b"), (#"{"a":[{"b":1}]}"#, "a.b"), (#"{"a":{"$date":"1970-01-01T00:00:00.001Z"}}"#, "a.$date"),
        (#"{"ab":1}"#, "a"), (#"{"a":"b"}"#, "b"),
        ("", "a"), ("{", "a"), ("[1]", "a"), (#"{"a""#, "a"), (#"{"a":{"b":1"#, "c"), ("null", "a"), (#"{"x":{"a":1}}"#, "a"),
        (#"{"a":{"$escaped":{"b":1}}}"#, "a.$escaped"),
        (#"{"a":{"$escaped":5}}"#, "a.b"), (#"{"a":{"$binary":{"base64":"AQI=","subType":"00"}}}"#, "a.$binary.base64"),
    ])
    func misses(_ json: String, _ path: String) { #expect(value(Array(json.utf8), path) == nil) }

    @Test func agreesWithColumnsForRandomRecords() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<3_000 {
            let record = RandomRecord.map(depth: 4, using: &random)
            var bytes = record.messagePack
            let document = try Document(validating: bytes[...])
            var json: [UInt8] = []
            bytes.withUnsafeMutableBytes { buffer in
                var reader = MessagePackReader(UnsafeRawBufferPointer(buffer))
                ExtendedJSON.json(fromMessagePack: &reader, appendTo: &json)
            }
            for path in RandomRecord.paths {
                let field = document[try FieldPath(path)]
                let expected: SQLiteValue? = field == .missing ? nil : SQLiteValue(field)
                #expect(value(json, path) == expected, "\(path) of \(String(decoding: json, as: UTF8.self))")
            }
        }
    }

    @Test func takesAnyBytes() throws {
        var random = SystemRandomNumberGenerator()
        let sample = Array(
            (#"{"a":{"b":[1,{"c":"\u00e9\\"}],"$d":{"$date":"2026-01-01T00:00:00.000Z"}},"#
                + #""e":{"$binary":{"base64":"AQI="}},"f":-1.5e+3,"g":"\ud83d"}"#).utf8)
        for _ in 0..<20_000 {
            var bytes = Array(sample[..<Int.random(in: 0...sample.count, using: &random)])
            for _ in 0..<Int.random(in: 0..<4, using: &random) where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            // Copied to the very end of an allocation, so that a read behind it has a chance to be seen.
            for path in ["a.b", "a.$d", "e", "f", "g", "x.y", "a.b.c"] { _ = value(bytes, path) }
        }
    }
}
