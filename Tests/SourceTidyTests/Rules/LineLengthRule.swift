/// A line fits beside another window; the length is that of `.swift-format`, which leaves comments and texts alone.
struct LineLengthRule: FileRule {
    private let mostCharacters = 140

    var demand: String { "no line of code has over \(mostCharacters) characters" }
    var offences: [SourceTree] {
        let long = String(repeating: "é", count: 139)
        return [["Sources/A/Wide.swift": "//" + long], ["Sources/C/wide.h": "//" + long], ["scripts/run": "#!/bin/sh\n: " + long]]
    }
    var innocents: [SourceTree] {
        let full = String(repeating: "é", count: 140)
        return [["Sources/A/Full.swift": full + "\n" + full], ["docs/prose.md": full + full], ["protocol/data.json": full + full]]
    }

    func complaints(about file: SourceFile) -> [Complaint] {
        guard file.isCode else { return [] }
        return file.lines.enumerated().compactMap { index, line in
            line.utf8.count > mostCharacters && line.count > mostCharacters
                ? Complaint(file, line: index, "\(line.count) characters") : nil
        }
    }
}
