/// design rule 2: what is longer holds two nouns.
struct FileLengthRule: FileRule {
    private let mostLines = 400

    var demand: String { "a source file has fewer than \(mostLines) lines" }
    var offences: [SourceTree] {
        [["Sources/A/Long.swift": String(repeating: "let a = 1\n", count: 400)], ["scripts/long.py": String(repeating: "\n", count: 400)]]
    }
    var innocents: [SourceTree] {
        [["Sources/A/Full.swift": String(repeating: "let a = 1\n", count: 399)], ["docs/long.md": String(repeating: "text\n", count: 900)]]
    }

    func complaints(about file: SourceFile) -> [Complaint] {
        // The last line end is followed by one more, empty, element.
        let count = file.lines.count - (file.lines.last == "" ? 1 : 0)
        return file.isCode && count >= mostLines ? [Complaint(file.path, "\(count) lines")] : []
    }
}
