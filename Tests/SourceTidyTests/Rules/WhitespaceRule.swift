/// Nothing that no one sees changes from edit to edit.
struct WhitespaceRule: FileRule {
    var demand: String { "no line ends in white space, and a file ends with its last line's end" }
    var offences: [SourceTree] {
        [
            ["README.md": "one\u{20}\ntwo\n"], ["Sources/A/Tab.swift": "let a = 1\t\n"], ["scripts/run": "#!/bin/sh\n\u{20}\u{20}\n"],
            ["docs/open.md": "no end"], ["docs/open.md": "too much of an end\n\n"],
        ]
    }
    var innocents: [SourceTree] { [["README.md": "one\n\n\ttwo\n"], ["etc/empty.json": ""]] }

    func complaints(about file: SourceFile) -> [Complaint] {
        var complaints = file.lines.enumerated().compactMap { index, line in
            line.last?.isWhitespace == true ? Complaint(file, line: index, "white space at its end") : nil
        }
        if !file.text.isEmpty, !file.text.hasSuffix("\n") || file.text.hasSuffix("\n\n") {
            complaints.append(Complaint(file.path, "ends without a line end, or with an empty line"))
        }
        return complaints
    }
}
