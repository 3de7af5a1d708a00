import Foundation
import SluiceClient
import Testing

@testable import SluiceCommandLine

/// Lines of files, whatever their length and their end.
@Suite struct LineReaderTests {
    private func lines(of text: String, longest: Int = 1 << 20) throws -> [String?] {
        let path = FileManager.default.temporaryDirectory.appending(path: "sluice-lines-\(UUID().uuidString)").path
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        var reader = LineReader(try InputFile(path), maxLineBytes: longest)
        var lines: [String?] = []
        while let line = try reader.next() {
            #expect(line.number == lines.count + 1)
            lines.append(line.bytes.map { String(decoding: $0, as: UTF8.self) })
        }
        #expect(reader.offset == text.utf8.count)
        return lines
    }

    @Test func splitsAtLineFeeds() throws {
        #expect(try lines(of: "") == [])
        #expect(try lines(of: "a") == ["a"])
        #expect(try lines(of: "a\n") == ["a"])
        #expect(try lines(of: "a\n\nb\r\nc") == ["a", "", "b\r", "c"])
    }

    @Test func linesMayBeLongerThanWhatIsReadAtOnce() throws {
        let long = String(repeating: "x", count: 3 * InputFile.chunkBytes + 1)
        #expect(try lines(of: "a\n\(long)\nb\n") == ["a", long, "b"])
    }

    @Test func aLineThatIsTooLongIsPassedOver() throws {
        for length in [11, InputFile.chunkBytes, 3 * InputFile.chunkBytes + 1] {
            let long = String(repeating: "x", count: length)
            #expect(try lines(of: "0123456789\n\(long)\nb\n\(long)", longest: 10) == ["0123456789", nil, "b", nil])
        }
    }

    @Test func manyLinesKeepTheirOrder() throws {
        let many = (0..<100_000).map { "line \($0)" }
        #expect(try lines(of: many.joined(separator: "\n")) == many)
    }

    @Test func aFileThatIsNotThereIsNamed() {
        let error = #expect(throws: SluiceError.self) { try InputFile("/nonexistent/users.jsonl") }
        #expect(error?.reason == "unreadable")
        #expect(error?.message.contains("/nonexistent/users.jsonl") == true)
    }
}
