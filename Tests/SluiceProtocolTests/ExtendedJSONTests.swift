import Foundation
import Testing

@testable import SluiceProtocol

/// JSON in and out: strict as RFC 8259 asks, exact for every value, no data read as a kind.
@Suite struct ExtendedJSONTests {
    private func decode(_ json: [UInt8], maxDepth: Int = Limits.maxDepth) throws -> [UInt8] {
        var writer = MessagePackWriter()
        try json.withUnsafeBytes { try ExtendedJSON.messagePack(fromJSON: $0, appendTo: &writer, maxDepth: maxDepth) }
        return writer.bytes
    }

    private func decode(_ json: String) throws -> [UInt8] { try decode(Array(json.utf8)) }

    private func encode(_ bytes: [UInt8], _ layout: ExtendedJSON.Layout = .compact) -> String {
        var text: [UInt8] = []
        bytes.withUnsafeBytes { buffer in
            var reader = MessagePackReader(buffer)
            ExtendedJSON.json(fromMessagePack: &reader, appendTo: &text, layout: layout)
            #expect(reader.isAtEnd)
        }
        return String(decoding: text, as: UTF8.self)
    }

    private func pack(_ write: (inout MessagePackWriter) -> Void) -> [UInt8] {
        var writer = MessagePackWriter()
        write(&writer)
        return writer.bytes
    }

    // MARK: what JSON has

    @Test(arguments: [
        ("null", "c0"), (" true ", "c3"), ("\n\t\rfalse", "c2"), ("0", "00"), ("-0", "00"), ("-0.0", "cb8000000000000000"), ("127", "7f"),
        ("128", "cc80"), ("-1", "ff"), ("-129", "d1ff7f"), ("9223372036854775807", "cf7fffffffffffffff"),
        ("-9223372036854775808", "d38000000000000000"), ("1.0", "cb3ff0000000000000"), ("1e0", "cb3ff0000000000000"),
        ("1E+2", "cb4059000000000000"), ("0.5e-1", "cb3fa999999999999a"), ("5e-324", "cb0000000000000001"),
        ("1e-400", "cb0000000000000000"),
        ("1.7976931348623157e308", "cb7fefffffffffffff"), ("9007199254740993.0", "cb4340000000000000"),
        ("0.0000000000000000000000000000000000000000000000000000000000000000000000000000001e79", "cb3ff0000000000000"),
        (#""""#, "a0"), (#""a""#, "a161"), (#""\"\\\/\b\f\n\r\t""#, "a8225c2f080c0a0d09"),
        (#""\u00e9\u20AC\ud83D\uDE00""#, "a9c3a9e282acf09f9880"),
        (#""é€😀""#, "a9c3a9e282acf09f9880"), ("\"\u{7f}\"", "a17f"), ("[]", "90"), ("{}", "80"), ("[ ]", "90"), ("{ }", "80"),
        ("[1,[2,[]],{}]", "9301920290" + "80"), (#"{"a":1,"b":[null]}"#, "82a16101a16291c0"), (#" { "" : { } } "#, "81a080"),
    ])
    func reads(_ json: String, _ hex: String) throws {
        #expect(try decode(json).map { String(format: "%02x", $0) }.joined() == hex)
    }

    @Test(arguments: [
        "", " ", "nul", "nulll", "True", "NaN", "Infinity", "-Infinity", "-", "+1", "01", "-01", "00", ".5", "1.", "1.e1", "1e", "1e+",
        "1e-", "0x10",
        "1 2", "1,", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "]", "}", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}",
        "{a:1}", "{1:1}",
        "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{\"a\":1]", "[1}", "'a'", "\"a", "\"a\\", "\"\\", "\"\\\"", "\"\\a\"", "\"\\x41\"", "\"\\u12\"",
        "\"\\u12g4\"", "\"\\u\"",
        "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\ud800\"", "\"\\ud800a\"", "\"\\ud800\\n\"", "\"\\ud800\\u0041\"", "\"\\é\"", "\"a\nb\"",
        "\"\t\"", "\"\u{0}\"",
        "\"\u{1f}12345678\"", "\u{feff}1", "1\u{0}", "[1]/**/", "\u{a0}1", "\"a\"\"b\"", "{\"a\":1}{}", "truefalse",
        #"{"a":1,"a":1}"#, #"{"a":1,"\u0061":1}"#, #"{"\u0061":1,"\u0061":1}"#, #"{"x":{"a":1,"b":2,"a":1}}"#,
        #"{"$date":1,"$date":1}"#, #"{"$escaped":{"a":1,"a":2}}"#, #"{"$escaped":{"a":1},}"#, #"{"$escaped":{"a":1}"#,
        #"{"$escaped":{"a"}}"#,
        #"{"$date":"2026-01-02T03:04:05Z""#, #"{"$binary":{"base64":"","subType":"00"}"#,
    ])
    func refuses(_ json: String) throws {
        let error = #expect(throws: SluiceError.self) { try self.decode(json) }
        #expect(error?.code == .invalidInput)
        #expect(error?.details["reason"] == "malformedJSON")
    }

    @Test(
        arguments: [
            [0x22, 0x80, 0x22], [0x22, 0xc0, 0x80, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22], [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22],
            [0x22, 0xe2, 0x82, 0x22],
            [0x22, 0x5c, 0x80, 0x22], [0x22, 0xc3, 0x5c, 0x6e, 0xa9, 0x22], [0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d], [0xff],
        ] as [[UInt8]])
    func refusesWhatIsNoUTF8(_ json: [UInt8]) { #expect(throws: SluiceError.self) { try self.decode(json) } }

    @Test(arguments: [
        "9223372036854775808", "-9223372036854775809", "18446744073709551616", "99999999999999999999999999", "1e309", "-1e400",
        #""\u0000""#,
        #"{"\u0000":1}"#,
    ])
    func refusesWhatNoValueHolds(_ json: String) {
        let error = #expect(throws: SluiceError.self) { try self.decode(json) }
        #expect(error?.code == .invalidInput)
        #expect(error?.details["reason"] == nil)
    }

    @Test func boundsNesting() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        #expect(try decode(nested(28)).count == 28)
        let error = #expect(throws: SluiceError.self) { try self.decode(nested(29)) }
        #expect(error?.details["limit"] == "maxDepth")
        #expect(throws: SluiceError.self) { try self.decode(nested(1_000_000)) }
        #expect(throws: SluiceError.self) { try self.decode(Array(String(repeating: #"{"$escaped":"#, count: 50_000).utf8)) }
        #expect(throws: SluiceError.self) { try self.decode(Array(String(repeating: #"{"a":"#, count: 29).utf8)) }
        #expect(try decode(nested(3), maxDepth: 3) == [0x91, 0x91, 0x90])
        #expect(throws: SluiceError.self) { try self.decode(nested(4), maxDepth: 3) }
    }

    @Test func theDeepestDocumentOfKindsInDisguiseComesBack() throws {
        var value = pack { $0.integer(1) }
        for _ in 0..<Limits.maxDepth {
            value = pack {
                $0.mapHead(1)
                $0.string("$escaped")
                $0.raw(value)
            }
        }
        #expect(try decode(encode(value)) == value)
    }

    // MARK: kinds that JSON lacks

    @Test func kindsAreOneKeyMaps() throws {
        let timestamp = pack { Timestamp(text: "2026-01-02T03:04:05.678Z")!.write(to: &$0) }
        #expect(encode(timestamp) == #"{"$date":"2026-01-02T03:04:05.678Z"}"#)
        let objectID = pack { ObjectID(hex: "65a1b2c3d4e5f60718293a4b".utf8)!.write(to: &$0) }
        #expect(encode(objectID) == #"{"$oid":"65a1b2c3d4e5f60718293a4b"}"#)
        let decimal = pack { writer in try! Array("1.50".utf8).withUnsafeBytes { try DecimalNumber(text: $0) }.write(to: &writer) }
        #expect(encode(decimal) == #"{"$numberDecimal":"1.50"}"#)
        let binary = pack { writer in [UInt8](0...3).withUnsafeBytes { writer.binary($0) } }
        #expect(encode(binary) == #"{"$binary":{"base64":"AAECAw==","subType":"00"}}"#)
        for value in [timestamp, objectID, decimal, binary] {
            #expect(try decode(encode(value)) == value)
            #expect(try decode(encode(value, .indented)) == value)
        }
    }

    /// Pairs of texts that mean the same value.
    @Test(arguments: [
        (#"{"$date":"2026-01-02T04:04:05.6789+01:00"}"#, #"{"$date":"2026-01-02T03:04:05.678Z"}"#),
        (#" { "$date" : { "$numberLong" : "1767323045678" } } "#, #"{"$date":"2026-01-02T03:04:05.678Z"}"#),
        (#"{"\u0024date":"1970-01-01T00:00:00Z"}"#, #"{"$date":"1970-01-01T00:00:00.000Z"}"#),
        (#"{"$oid":"65A1B2C3D4E5F60718293A4B"}"#, #"{"$oid":"65a1b2c3d4e5f60718293a4b"}"#),
        (#"{"$numberDecimal":"1500e-3"}"#, #"{"$numberDecimal":"1.500"}"#),
        (#"{"$binary":{"subType":"00","base64":"AQ=="}}"#, #"{"$binary":{"base64":"AQ==","subType":"00"}}"#),
        (#"{"$numberLong":"-5"}"#, "-5"), (#"{"$numberInt":"2147483647"}"#, "2147483647"), (#"{"$numberDouble":"5"}"#, "5.0"),
        (#"{"$numberDouble":"-0"}"#, "-0.0"), (#"{"$numberDouble":"99999999999999999999"}"#, "1e+20"),
        (#"{"$date":{"$numberLong":5}}"#, #"{"$escaped":{"$date":{"$escaped":{"$numberLong":5}}}}"#),
        (#"{"$date":{"$numberLong":"999999999999999999"}}"#, #"{"$escaped":{"$date":999999999999999999}}"#),
        (#"{"$numberDouble":"1.0E+20"}"#, "1e+20"), (#"[{"$numberInt":"1"}]"#, "[1]"),
        (#"{"$escaped":{}}"#, "{}"), (#"{"$escaped":{"a":1}}"#, #"{"a":1}"#), (#"{"$escaped":{"$date":1,"b":2}}"#, #"{"$date":1,"b":2}"#),
    ])
    func readsOtherSpellings(_ json: String, _ expected: String) throws { #expect(encode(try decode(json)) == expected) }

    /// What looks like a kind but is none is a map of the caller's, and is written so that it stays one.
    @Test(arguments: [
        #"{"$date":5}"#, #"{"$date":"yesterday"}"#, #"{"$date":"2026-02-30T00:00:00Z"}"#, #"{"$date":null}"#, #"{"$oid":"65a1"}"#,
        #"{"$numberDecimal":"abc"}"#, #"{"$numberLong":"1.5"}"#,
        #"{"$numberLong":""}"#, #"{"$numberLong":" 1"}"#, #"{"$numberLong":"1 "}"#, #"{"$numberLong":5}"#,
        #"{"$numberLong":"9223372036854775808"}"#,
        #"{"$numberInt":"2147483648"}"#, #"{"$numberDouble":"NaN"}"#, #"{"$numberDouble":"0x1p3"}"#, #"{"$numberDouble":"-"}"#,
        #"{"$binary":{"base64":"AQ==","subType":"04"}}"#, #"{"$binary":{"base64":"A","subType":"00"}}"#, #"{"$binary":"AQ=="}"#,
        #"{"$binary":{"base64":"AQ=="}}"#, #"{"$":1}"#, #"{"$other":{"a":[]}}"#, #"{"$escaped":5}"#, #"{"$escaped":[]}"#,
    ])
    func leavesOtherMapsAlone(_ json: String) throws {
        let value = try decode(json)
        #expect(encode(value) == #"{"$escaped":\#(json)}"#)
        #expect(try decode(encode(value)) == value)
    }

    @Test(arguments: [
        #"{"$date":"2026-01-02T03:04:05.678Z","a":1}"#, #"{"a":1,"$date":"2026-01-02T03:04:05.678Z"}"#,
        #"{"$escaped":{"$escaped":{"$date":"2026-01-02T03:04:05.678Z"}},"b":1}"#,
        #"{"$escaped":{"$date":"2026-01-02T03:04:05.678Z"},"b":1}"#,
        #"{"$escaped":{"$escaped":{"$date":"2026-01-02T03:04:05.678Z"}}}"#, #"{"$escaped":{"$x":{"$date":"2026-01-02T03:04:05.678Z"}}}"#,
        #"{"$x":{"$escaped":{"$date":"2026-01-02T03:04:05.678Z"}},"y":{}}"#, #"{"date":"$date"}"#, #"["$date"]"#,
    ])
    func isAFixedPoint(_ json: String) throws { #expect(encode(try decode(json)) == json) }

    // MARK: layout

    @Test func indentsForPeople() throws {
        let json = #"{"a":[1,{"b":null}],"c":{},"d":[],"e":{"$date":"1970-01-01T00:00:00.000Z"}}"#
        let expected = """
            {
              "a": [
                1,
                {
                  "b": null
                }
              ],
              "c": {},
              "d": [],
              "e": {"$date": "1970-01-01T00:00:00.000Z"}
            }
            """
        #expect(encode(try decode(json), .indented) == expected)
    }

    @Test func widensHeads() throws {
        for count in [0, 1, 15, 16, 17, 255, 256, 65_535, 65_536, 70_000] {
            let list = pack { writer in
                writer.listHead(count)
                for index in 0..<count { writer.integer(Int64(index)) }
            }
            #expect(try decode(encode(list)) == list)
            let map = pack { writer in
                writer.listHead(2)
                writer.mapHead(count)
                for index in 0..<count {
                    writer.string("k\(index)")
                    writer.listHead(0)
                }
                writer.null()
            }
            #expect(try decode(encode(map)) == map)
        }
    }

    @Test func findsKeysThatStandTwiceAmongMany() throws {
        for doubled in [0, 1, 15, 16, 17, 99] {
            let keys = (0..<100).map { "\"k\($0)\":0" } + ["\"\\u006b\(doubled)\":0"]
            #expect(throws: SluiceError.self) { try self.decode("{" + keys.joined(separator: ",") + "}") }
        }
    }

    // MARK: properties

    @Test func randomDocumentsComeBackByteForByte() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<100_000 {
            let document = RandomMessagePack.document(using: &random)
            let json = encode(document)
            #expect(try decode(json) == document, "\(json)")
        }
    }

    @Test func indentedDocumentsComeBackToo() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<5_000 {
            let document = RandomMessagePack.document(using: &random)
            #expect(try decode(encode(document, .indented)) == document)
        }
    }

    @Test func doublesComeBackBitForBit() throws {
        var random = SystemRandomNumberGenerator()
        for round in 0..<300_000 {
            let pattern = UInt64.random(in: .min ... .max, using: &random)
            let value =
                switch round % 3 {
                case 0: Double(bitPattern: pattern)
                case 1: Double(pattern % 1_000_000_000) / 1000
                default: Double(Int64(bitPattern: pattern) >> Int64(round % 64))
                }
            guard value.isFinite else { continue }
            let bytes = pack { $0.float(value) }
            let text = encode(bytes)
            #expect(text.contains(".") || text.contains("e"))
            #expect(try decode(text) == bytes, "\(text)")
        }
    }

    /// The quick way for short numbers and the C library's way agree for every spelling of a number.
    @Test func spelledOutFloatsAreTheNearestDouble() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200_000 {
            let digits = (0..<Int.random(in: 1...22, using: &random)).map { _ in String(Int.random(in: 0...9, using: &random)) }.joined()
            let text = "\(Int.random(in: 0...99_999, using: &random)).\(digits)e\(Int.random(in: -60...60, using: &random))"
            #expect(try decode(text) == pack { $0.float(strtod(text, nil)) }, "\(text)")
        }
    }

    /// Whatever a mutation makes of JSON, Foundation's parser calls the same texts valid, but for the values Sluice refuses on purpose.
    @Test func agreesWithFoundationOnWhatIsJSON() throws {
        var random = SystemRandomNumberGenerator()
        let alphabet = Array(#"{}[]",:0123456789.eE+-truefalsn \/u\"$ud8001dc"#.utf8) + [0x0a, 0xc3, 0xa9, 0x7f, 0x1f]
        var accepted = 0
        for _ in 0..<100_000 {
            var text = Array(encode(RandomMessagePack.document(using: &random)).utf8)
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                let index = Int.random(in: 0...text.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0 where index < text.count: text.remove(at: index)
                case 1 where index < text.count: text[index] = alphabet.randomElement(using: &random)!
                default: text.insert(alphabet.randomElement(using: &random)!, at: index)
                }
            }
            let foundation = (try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)) != nil
            do {
                _ = try decode(text)
                accepted += 1
                #expect(foundation, "\(String(decoding: text, as: UTF8.self))")
            } catch let error as SluiceError {
                let isOnPurpose =
                    error.details["reason"] != "malformedJSON" || error.message.contains("stands twice") || isTrailingComma(error, text)
                #expect(!foundation || isOnPurpose, "\(error.message) in \(String(decoding: text, as: UTF8.self))")
            }
        }
        #expect(accepted > 30_000)
    }

    /// Foundation takes a comma before a closing bracket, which RFC 8259 does not.
    private func isTrailingComma(_ error: SluiceError, _ text: [UInt8]) -> Bool {
        guard case .integer(let offset) = error.details["offset"], offset < text.count else { return false }
        return error.message.contains("expected a") && [UInt8(ascii: "}"), UInt8(ascii: "]")].contains(text[Int(offset)])
    }

    /// Texts that end early or are bytes at random give an error, never a trap; run it under the address sanitizer too.
    @Test func takesAnyBytes() {
        var random = SystemRandomNumberGenerator()
        let sample = Array(
            (#"{"a":{"$escaped":{"$date":"x"}},"b":[{"$date":{"$numberLong":"5"}},{"$binary":{"base64":"AQ==","subType":"00"}}],"#
                + #""\u00e9":-1.5e+3,"g":"\ud83d\ude00"}"#).utf8)
        for end in 0..<sample.count { #expect(throws: SluiceError.self) { try self.decode(Array(sample[..<end])) } }
        for _ in 0..<100_000 {
            var bytes = Array(sample[..<Int.random(in: 0...sample.count, using: &random)])
            for _ in 0..<Int.random(in: 0..<6, using: &random) where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if let value = try? decode(bytes) { #expect((try? decode(encode(value))) == value) }
        }
    }
}

/// Documents of every kind as MessagePack in its shortest form, kinds in disguise not least.
private enum RandomMessagePack {
    private static let names = [
        "a", "bb", "$date", "$escaped", "$oid", "c d", "é", "\"", "\\", "$binary", "base64", "subType", "$numberDecimal", "$numberLong",
        "$", "\u{1}",
        "a name that is longer than thirty-one bytes",
    ]
    private static let texts = [
        "", "x", "é\u{1}\"\\", "2026-01-01T00:00:00.000Z", "000000000000000000000001", "1.5", "5", "😀\n\u{7f}/", "00", "AQ==",
        "a longer text of plain letters that takes the quick way, and then \"one\" quote",
    ]

    static func document(using random: inout SystemRandomNumberGenerator) -> [UInt8] {
        var writer = MessagePackWriter()
        map(to: &writer, depth: Int.random(in: 1...5, using: &random), using: &random)
        return writer.bytes
    }

    private static func map(to writer: inout MessagePackWriter, depth: Int, using random: inout SystemRandomNumberGenerator) {
        let count = [0, 1, 1, 1, 2, 3, 17].randomElement(using: &random)!
        writer.mapHead(count)
        for name in names.shuffled(using: &random).prefix(count) {
            writer.string(name)
            value(to: &writer, depth: depth - 1, using: &random)
        }
    }

    private static func value(to writer: inout MessagePackWriter, depth: Int, using random: inout SystemRandomNumberGenerator) {
        switch Int.random(in: 0..<(depth > 0 ? 15 : 10), using: &random) {
        case 0: writer.null()
        case 1: writer.boolean(.random(using: &random))
        case 2: writer.integer(.random(in: .min ... .max, using: &random) >> Int64.random(in: 0..<64, using: &random))
        case 3:
            let float = Double(bitPattern: .random(in: .min ... .max, using: &random))
            writer.float(float.isFinite ? float : 0.1)
        case 4, 5: writer.string(texts.randomElement(using: &random)!)
        case 6:
            let bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            bytes.withUnsafeBytes { writer.binary($0) }
        case 7: Timestamp(milliseconds: .random(in: Timestamp.validMilliseconds, using: &random))!.write(to: &writer)
        case 8:
            let text = Array(["0", "-0.00", "1.50", "1E+3", "12345678901234567890123456789012345678"].randomElement(using: &random)!.utf8)
            try! text.withUnsafeBytes { try DecimalNumber(text: $0) }.write(to: &writer)
        case 9:
            ObjectID(
                seconds: .random(in: .min ... .max, using: &random), process: .random(in: 0..<1 << 40, using: &random),
                counter: .random(in: 0..<1 << 24, using: &random)
            ).write(to: &writer)
        case 10, 11:
            let count = [0, 1, 2, 3, 20].randomElement(using: &random)!
            writer.listHead(count)
            for _ in 0..<count { value(to: &writer, depth: depth - 1, using: &random) }
        default: map(to: &writer, depth: depth, using: &random)
        }
    }
}
