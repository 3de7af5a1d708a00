/// One text file of the project, or of a rule's sample, with what the rules ask of it. A value.
struct SourceFile: Sendable {
    /// What a file is written in, told by its name.
    enum Language: Sendable {
        case swift, c, python, shell, markdown, other
    }

    /// From the project's root, without a leading slash.
    let path: String
    let text: String
    let language: Language
    /// The lines, without their ends.
    let lines: [Substring]
    /// The lines with comments and the insides of strings blanked out: what the compiler sees.
    let codeLines: [Substring]
    /// The blocks of `codeLines`, for Swift and C.
    let outline: CodeOutline

    init(path: String, text: String) {
        self.path = path
        self.text = text
        language = Self.language(path, text)
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let code = CodeMask.mask(text, language)
        codeLines = String(decoding: code, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        outline = CodeOutline(code, language)
    }

    var name: Substring { path.split(separator: "/").last! }
    /// The name up to its last dot.
    var stem: Substring { name.lastIndex(of: ".").map { name[..<$0] } ?? name }
    /// Whether it is a program's text rather than a document or data.
    var isCode: Bool { language != .markdown && language != .other }
    /// The folder under `Sources` or `Tests`, which is the target.
    var target: Substring? {
        let parts = path.split(separator: "/")
        return parts.count > 2 && (parts[0] == "Sources" || parts[0] == "Tests") ? parts[1] : nil
    }
    var isInSources: Bool { path.hasPrefix("Sources/") }
    /// Library code, which neither prints nor ends the process; the lower-case targets are programs.
    var isLibrary: Bool { isInSources && target?.first?.isUppercase == true }

    private static func language(_ path: String, _ text: String) -> Language {
        let name = path.split(separator: "/").last ?? ""
        switch name.lastIndex(of: ".").map({ name[name.index(after: $0)...] }) {
        case "swift": return .swift
        case "c", "h": return .c
        case "py": return .python
        case "sh": return .shell
        case "md": return .markdown
        default:
            guard text.hasPrefix("#!") else { return .other }
            return text.prefix { $0 != "\n" }.contains("python") ? .python : .shell
        }
    }
}
