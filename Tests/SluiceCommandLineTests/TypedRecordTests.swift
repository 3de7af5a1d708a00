import SluiceClient
import Testing

@testable import SluiceCommandLine

/// What people type as records, and the records that it means.
@Suite struct TypedRecordTests {
    private func json(_ document: Document) -> String {
        var text: [UInt8] = []
        document.bytes.withUnsafeBytes { bytes in
            var reader = MessagePackReader(bytes)
            ExtendedJSON.json(fromMessagePack: &reader, appendTo: &text)
        }
        return String(decoding: text, as: UTF8.self)
    }

    @Test(arguments: [
        (["name=Ann", "age=30", "score=1.0", "ok=true", "none=null"], #"{"name":"Ann","age":30,"score":1.0,"ok":true,"none":null}"#),
        (["id=7", "n=\"7\""], #"{"id":"7","n":"7"}"#),
        (["tags=[a, b,[1,2],{\"c\":\"]\"}]"], #"{"tags":["a","b",[1,2],{"c":"]"}]}"#),
        (["address={\"city\":\"Paris\"}"], #"{"address":{"city":"Paris"}}"#),
        (["at=@2026-01-02T03:04:05.678+01:00"], #"{"at":{"$date":"2026-01-02T02:04:05.678Z"}}"#),
        (["key={\"$oid\":\"65a1b2c3d4e5f60718293a4b\"}"], #"{"key":{"$oid":"65a1b2c3d4e5f60718293a4b"}}"#),
        (["name=O\"Brien"], #"{"name":"O\"Brien"}"#), (["list=[O\"Brien,x]"], #"{"list":["O\"Brien","x"]}"#),
        ([#"{"name":"Bo","n":1}"#], #"{"name":"Bo","n":1}"#),
    ])
    func means(_ typed: [String], _ expected: String) throws {
        #expect(json(try TypedRecord.parse(typed)) == expected)
    }

    @Test(arguments: [["name"], ["=x"], ["a.b=1"], ["a=1", "a=2"], ["{\"a\":1"], ["[1]"]])
    func refuses(_ typed: [String]) {
        #expect(throws: (any Error).self) { try TypedRecord.parse(typed) }
    }

    /// What a cell shows would be read as the same value again, so that people can type what they see.
    @Test(arguments: [
        "plain", "two words", "30", "true", "null", "@now", "", " padded ", "1.2.3", "[x", "{x", "\"quoted\"", "back\\slash", "\"\\",
        "two\nlines\u{1b}",
    ])
    func whatACellShowsCanBeTyped(_ text: String) throws {
        let value = Scalar.string(Array(text.utf8)[...])
        #expect(try TypedValue(Cell(value).text).scalar == value)
    }

    @Test func nowIsATime() throws {
        guard case .timestamp(let now)? = try TypedValue("@now").scalar else { return #expect(Bool(false), "no timestamp") }
        #expect(now > Timestamp(milliseconds: 1_700_000_000_000)!)
    }
}
