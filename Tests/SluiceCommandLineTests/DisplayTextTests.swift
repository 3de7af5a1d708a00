import Glibc
import SluiceClient
import Testing

@testable import SluiceCommandLine

/// What reaches a terminal: nothing that it would obey, and no wider than it is.
@Suite struct DisplayTextTests {
    @Test(arguments: [
        ("plain ä 漢", "plain ä 漢"), ("a\u{1b}[31mred", "a\\u001b[31mred"), ("one\ntwo\r\t", "one\\ntwo\\r\\t"),
        ("\u{7f}\u{9b}2J", "\\u007f\\u009b2J"),
        ("\u{202e}txt.exe", "\\u202etxt.exe"), ("\u{0}\u{7}", "\\u0000\\u0007"), ("\u{061c}\u{2066}", "\\u061c\\u2066"), ("👩‍👧", "👩‍👧"),
    ])
    func showsWhatATerminalWouldObey(_ text: String, _ safe: String) { #expect(DisplayText.safe(text) == safe) }

    /// Every place at which a record's own text is shown.
    @Test func noRecordReachesATerminalAsItIs() throws {
        let evil = "\u{1b}]0;title\u{7}"
        let record = try TypedRecord.parse(json: Array(#"{"\#(escaped(evil))":"\#(escaped(evil))","m":{"\#(escaped(evil))":1}}"#.utf8))
        for name in record.names { #expect(!record.cell(name: name).text.unicodeScalars.contains("\u{1b}")) }
        let table = Table(names: record.names, sample: [record.names.map { record.cell(name: $0) }], width: nil)
        let plain = Terminal(isTerminal: false, width: nil, isColoured: false)
        #expect(!table.head(plain).joined().unicodeScalars.contains("\u{1b}"))
        let complaint = Complaint(error: SluiceError(.backendError, "the engine said \(evil)"))
        #expect(!complaint.text.unicodeScalars.contains("\u{1b}"))
        #expect(!complaint.json.json().unicodeScalars.contains("\u{1b}"))
    }

    private func escaped(_ text: String) -> String { DisplayText.safe(text) }

    /// JSON itself lets DEL, C1 and direction marks stand; on a terminal they are escaped, and the value is the same.
    @Test func jsonOnATerminalIsSafeAndTheSame() throws {
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        let value: StructuredValue = ["a": "\u{7f}\u{9b}2J\u{202e}"]
        let output = Output(ends[1], terminal: Terminal(isTerminal: true, width: 80, isColoured: false))
        try output.json(value)
        try output.flush()
        var bytes = [UInt8](repeating: 0, count: 100)
        let count = read(ends[0], &bytes, bytes.count)
        let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        #expect(text == #"{"a":"\u007f\u009b2J\u202e"}"# + "\n")
        #expect(try TypedRecord.parse(json: Array(text.utf8)).bytes == value.messagePack[...])
    }

    @Test(arguments: [("abc", 3), ("äöü", 3), ("a\u{308}", 1), ("漢字", 4), ("😀", 2), ("👩‍👧", 2), ("❤\u{fe0f}", 2), ("ｆ", 2), ("", 0)])
    func knowsItsWidth(_ text: String, _ width: Int) { #expect(DisplayText.width(text) == width) }

    @Test(arguments: [("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("漢字漢", 5, "漢字…"), ("漢字漢", 4, "漢…"), ("ab", 1, "…")])
    func isCut(_ text: String, _ columns: Int, _ expected: String) {
        #expect(DisplayText.cut(text, to: columns) == expected)
        #expect(DisplayText.width(expected) <= columns)
    }
}
