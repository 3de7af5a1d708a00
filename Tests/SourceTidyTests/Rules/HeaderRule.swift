/// design rule 1: a file's name is said by its name, and its sections by what stands in them.
struct HeaderRule: FileRule {
    var demand: String { "no file repeats its name or a copyright at its head, and none has banners" }
    var offences: [SourceTree] {
        [
            ["Sources/A/Thing.swift": "// Thing.swift\n\n/// A thing.\nstruct Thing {}\n"],
            ["Sources/A/Thing.swift": "/// A thing.\n/// Created by someone.\nstruct Thing {}\n"],
            ["Sources/C/thing.c": "/*\n * thing.c: a thing\n */\n"],
            ["scripts/thing.py": "# Copyright the authors\n"],
            ["Sources/A/Thing.swift": "/// A thing.\nstruct Thing {\n    // ======= inside =======\n}\n"],
            ["Sources/A/Thing.swift": "/// A thing.\nstruct Thing {}\n//////////\n"],
            ["Sources/C/thing.h": "/***********/\n"],
            ["scripts/run": "#!/bin/sh\n# ---------\n"],
        ]
    }
    var innocents: [SourceTree] {
        [
            ["Sources/A/Thing.swift": "/// A thing; the tests are in `Things.swift`.\nstruct Thing {}\nlet line = \"// ======\"\n"],
            ["Sources/A/Layout.swift": "/// | a | b |\n/// | --- | --- |\nstruct Layout {}\n"],
            ["docs/title.md": "A title\n=======\n"],
        ]
    }

    func complaints(about file: SourceFile) -> [Complaint] {
        guard file.isCode else { return [] }
        return file.lines.enumerated().compactMap { index, line in
            guard let comment = comment(line, file.language) else { return nil }
            if index < 5, comment.hasPrefix(file.name) || ["Created by", "Copyright", "SPDX-"].contains(where: comment.contains) {
                return Complaint(file, line: index, "a header that says what the name and LICENSE say")
            }
            return isBanner(comment) ? Complaint(file, line: index, "a banner") : nil
        }
    }

    /// What a comment that has the line for itself says.
    private func comment(_ line: Substring, _ language: SourceFile.Language) -> Substring? {
        let text = line.drop { $0 == " " }
        let markers = language == .python || language == .shell ? ["#"] : ["//", "/*", "* "]
        guard let marker = markers.first(where: text.hasPrefix) else { return nil }
        // The marker's own characters are kept where there are more of them than a comment needs.
        let rest = text.dropFirst(text.hasPrefix("///") && !text.hasPrefix("////") ? 3 : marker.count)
        return rest.drop { $0 == " " }
    }

    private func isBanner(_ comment: Substring) -> Bool {
        guard let first = comment.first(where: { !$0.isWhitespace }) else { return false }
        return "=-*#/~_".contains(first) && comment.prefix(4).allSatisfy { $0 == first } && comment.count >= 4
    }
}
