/// What others may call says what it does.
struct DocumentationRule: FileRule {
    private let keywords: Set<Substring> = [
        "func", "init", "subscript", "var", "let", "struct", "class", "enum", "actor", "protocol", "typealias", "case",
    ]
    private let modifiers: Set<Substring> = [
        "public", "open", "static", "final", "class", "mutating", "nonmutating", "override", "indirect", "internal", "private",
        "fileprivate",
        "set", "lazy", "weak", "unowned", "convenience", "required", "nonisolated", "unsafe", "consuming", "borrowing", "prefix", "postfix",
        "infix", "sending", "isolated", "dynamic", "optional",
    ]

    var demand: String { "every public declaration in Sources has a doc comment" }
    var offences: [SourceTree] {
        [
            ["Sources/A/Thing.swift": "public struct Thing {}\n"],
            ["Sources/A/Thing.swift": "/// A thing.\npublic struct Thing {\n    public let a: Int\n}\n"],
            ["Sources/A/Thing.swift": "// Not a doc comment.\n@inlinable\npublic static func make() {}\n"],
            ["Sources/A/Thing.swift": "/// Far away.\n\npublic private(set) var a = 1\n"],
            ["Sources/A/Thing.swift": "    open subscript(index: Int) -> Int { index }\n"],
        ]
    }
    var innocents: [SourceTree] {
        [
            ["Sources/A/Thing.swift": "/// A thing.\n@frozen\npublic struct Thing {\n    let a: Int\n}\n"],
            ["Sources/A/Thing.swift": "public import B\npublic extension Thing {}\nlet text = \"public let a\"\n"],
            ["Tests/ATests/Thing.swift": "public let a = 1\n"],
        ]
    }

    func complaints(about file: SourceFile) -> [Complaint] {
        guard file.language == .swift, file.isInSources else { return [] }
        return file.codeLines.enumerated().compactMap { index, line in
            let words = SwiftLine.words(line)
            let leading = words.prefix { modifiers.contains($0) }
            guard leading.contains("public") || leading.contains("open") else { return nil }
            // `class` is a modifier and a keyword.
            let declares = leading.contains("class") || words.dropFirst(leading.count).first.map(keywords.contains) == true
            return declares && !SwiftLine.isDocumented(file, index)
                ? Complaint(file, line: index, "public, without a doc comment") : nil
        }
    }
}
