/// design rule 3: a name says what a thing is; these say only that there is one.
struct NameRule: FileRule {
    private let empty: Set<String> = ["Manager", "Helper", "Helpers", "Util", "Utils", "Utilities", "Common", "Base", "Impl"]

    var demand: String { "no type, file or folder is called \(empty.sorted().joined(separator: ", "))" }
    var offences: [SourceTree] {
        [
            ["Sources/A/Pool.swift": "final class PoolManager: Pool {}\n"], ["Sources/A/Pool.swift": "public protocol Base {}\n"],
            ["Sources/A/Pool.swift": "typealias StringUtils = String\n"], ["scripts/pool.py": "class PoolHelper:\n    pass\n"],
            ["Sources/A/PoolImpl.swift": "\n"], ["Sources/C/utils.c": "/* a */\n"], ["Sources/Common/Pool.swift": "\n"],
            ["scripts/test_helpers.py": "\n"], ["Sources/C/pool.h": "struct pool_manager {\n"],
        ]
    }
    var innocents: [SourceTree] {
        [
            ["Sources/A/Base64.swift": "enum Base64 {}\n"],
            ["Sources/A/Pool.swift": "/// No class PoolManager.\nlet a = FileManager.default\n"],
            ["Sources/A/Baseline.swift": "struct Baseline { let text = \"struct Base\" }\n"], ["docs/common.md": "class Helper\n"],
        ]
    }

    func complaints(about file: SourceFile) -> [Complaint] {
        guard file.isCode else { return [] }
        var complaints: [Complaint] = []
        let parts = file.path.split(separator: "/").dropLast() + [file.stem]
        for part in parts where isEmpty(part) { complaints.append(Complaint(file.path, "'\(part)' says nothing")) }
        let keywords: Set<Substring> = ["struct", "class", "enum", "actor", "protocol", "typealias"]
        for (index, line) in file.codeLines.enumerated() {
            let words = SwiftLine.words(line)
            for (keyword, name) in zip(words, words.dropFirst()) where keywords.contains(keyword) && isEmpty(name) {
                complaints.append(Complaint(file, line: index, "'\(name)' says nothing"))
            }
        }
        return complaints
    }

    private func isEmpty(_ name: Substring) -> Bool {
        parts(of: name).contains { empty.contains($0.prefix(1).uppercased() + $0.dropFirst()) }
    }

    /// The words of a name in any of the ways of writing names; digits belong to the word before them.
    private func parts(of name: Substring) -> [String] {
        var parts: [String] = [""]
        for character in name {
            if !character.isLetter && !character.isNumber {
                parts.append("")
            } else if character.isUppercase, parts[parts.count - 1].last?.isUppercase == false {
                parts.append(String(character))
            } else {
                parts[parts.count - 1].append(character)
            }
        }
        return parts
    }
}
