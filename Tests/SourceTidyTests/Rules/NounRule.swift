/// design rule 1: one noun a file, under its name, and its job said first.
struct NounRule: FileRule {
    private struct Declaration {
        let keyword: Substring
        let name: Substring
        let line: Int
        let isPrivate: Bool
        let isDocumented: Bool

        var isType: Bool { ["struct", "class", "enum", "actor", "protocol"].contains(keyword) }
    }

    var demand: String { "`Name.swift` begins with the documented type `Name` and declares no other for the rest of the program" }
    var offences: [SourceTree] {
        [
            ["Sources/A/Thing.swift": "import B\n\nstruct Thing {}\n"],
            ["Sources/A/Thing.swift": "/// Another.\nstruct Other {}\n\n/// A thing.\nstruct Thing {}\n"],
            ["Sources/A/Thing.swift": "/// A thing.\npublic struct Thing {}\n\n/// Another.\nfinal class Other {}\n"],
            ["Sources/A/Thing+Parts.swift": "extension Thing {}\n\n/// Another.\nstruct Part {}\n"],
            ["Sources/A/Empty.swift": "\n"],
            ["Tests/ATests/ThingTests.swift": "@Suite struct ThingTests {}\n"],
        ]
    }
    var innocents: [SourceTree] {
        [
            ["Sources/A/Thing.swift": "/// A thing.\n@frozen\npublic struct Thing<T> {}\n\nprivate struct Part {}\nextension Other {}\n"],
            ["Sources/A/Thing+Parts.swift": "extension Thing {\n    struct Part {}\n}\n"],
            ["Sources/A/Scalar.swift": "/// A scalar.\ntypealias Scalar = Int\n"],
            ["Sources/a/main.swift": "AllCommand.main()\n"],
        ]
    }

    func complaints(about file: SourceFile) -> [Complaint] {
        guard file.language == .swift, file.name != "main.swift", file.target != nil else { return [] }
        let declarations = declarations(file)
        let isPart = file.stem.contains("+")
        var complaints = declarations.filter { $0.isType && !$0.isPrivate && (isPart || $0.name != file.stem) }.map {
            Complaint(file, line: $0.line, "\($0.name) is a noun of its own and has a file of its own")
        }
        guard !isPart else { return complaints }
        guard let first = declarations.first, first.name == file.stem else {
            return complaints + [Complaint(file.path, "does not begin with \(file.stem)")]
        }
        if !first.isDocumented { complaints.append(Complaint(file, line: first.line, "does not say what \(first.name) is for")) }
        return complaints
    }

    /// What is declared at the top of the file.
    private func declarations(_ file: SourceFile) -> [Declaration] {
        let keywords: Set<Substring> = ["struct", "class", "enum", "actor", "protocol", "extension", "typealias", "func", "let", "var"]
        return file.codeLines.enumerated().compactMap { index, line in
            guard let first = line.first, first != " " else { return nil }
            let words = SwiftLine.words(line)
            guard let keyword = words.firstIndex(where: keywords.contains), keyword + 1 < words.count else { return nil }
            return Declaration(
                keyword: words[keyword], name: words[keyword + 1], line: index,
                isPrivate: words[..<keyword].contains { $0 == "private" || $0 == "fileprivate" },
                isDocumented: SwiftLine.isDocumented(file, index))
        }
    }
}
