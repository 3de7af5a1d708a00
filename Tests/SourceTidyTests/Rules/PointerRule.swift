/// design rule 6: C stays home. A C library's pointer is seen by the type that made it and by nobody else, and goes when that goes.
struct PointerRule: FileRule {
    var demand: String { "a stored OpaquePointer is private, and its type has a deinit; none is public in any way" }
    var offences: [SourceTree] {
        [
            ["Sources/A/File.swift": "final class File {\n    let pointer: OpaquePointer\n    deinit { close(pointer) }\n}\n"],
            ["Sources/A/File.swift": "final class File {\n    private let pointer: OpaquePointer\n}\n"],
            ["Sources/A/File.swift": "struct File: ~Copyable {\n    public func open() -> OpaquePointer? { nil }\n}\n"],
        ]
    }
    var innocents: [SourceTree] {
        [
            ["Sources/A/File.swift": "final class File {\n    private let pointer: OpaquePointer\n    deinit { close(pointer) }\n}\n"],
            ["Sources/A/File.swift": "final class File {\n    func open() {\n        var pointer: OpaquePointer?\n    }\n}\n"],
            ["Sources/A/File.swift": "struct File {\n    private func with(_ body: (OpaquePointer) -> Void) {}\n}\n"],
        ]
    }

    func complaints(about file: SourceFile) -> [Complaint] {
        guard file.language == .swift, file.isInSources else { return [] }
        return file.codeLines.enumerated().compactMap { index, line in
            guard line.contains("OpaquePointer") else { return nil }
            let words = SwiftLine.words(line)
            if words.contains("public") || words.contains("open") { return Complaint(file, line: index, "a C pointer that all may see") }
            guard let owner = file.outline.innermost(around: index), owner.kind == .type, !words.contains("func"), !words.contains("init"),
                words.contains("let") || words.contains("var")
            else { return nil }
            if !words.contains("private") { return Complaint(file, line: index, "a C pointer that is not private") }
            let isFreed = file.codeLines[owner.lines].contains { SwiftLine.words($0).first == "deinit" }
            return isFreed ? nil : Complaint(file, line: index, "a C pointer without a deinit that frees it")
        }
    }
}
