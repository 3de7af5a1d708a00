/// design rule 2: a function is read at one glance.
struct FunctionLengthRule: FileRule {
    private let mostLines = 70

    var demand: String { "no function has over \(mostLines) lines" }
    var offences: [SourceTree] {
        let body = String(repeating: "    f(\"{\")\n", count: 69)
        return [
            ["Sources/A/Long.swift": "struct Long {\n  func long(\n  ) {\n\(body)  }\n}\n"],
            ["Sources/A/Made.swift": "struct Made { init() {\n\(body)\n}}\n"],
            ["Sources/A/Told.swift": "extension Told { var text: String {\n\(body)\n}}\n"],
            ["Sources/C/long.c": "#include <a.h>\nstatic int long_one(void) {\n\(body)}\n"],
            ["scripts/long.py": "def long() -> None:\n\(body)    \"\"\"\nend\n    \"\"\"\n    f()\n\nlong()\n"],
        ]
    }
    var innocents: [SourceTree] {
        let body = String(repeating: "    f(\"{\")\n", count: 68)
        return [
            ["Sources/A/Full.swift": "struct Full {\n  func full() {\n\(body)  }\n\n  func next() {\n\(body)  }\n}\n"],
            ["Sources/C/full.c": "int full(void) {\n\(body)}\nint next(void) {\n\(body)}\n"],
            ["scripts/full.py": "def full():\n\(body)\n\ndef following():\n\(body)\n\nfull()\n\(body)"],
        ]
    }

    func complaints(about file: SourceFile) -> [Complaint] {
        let functions = file.language == .python ? pythonFunctions(file) : file.outline.blocks.filter { $0.kind == .function }.map(\.lines)
        return functions.filter { $0.count > mostLines }.map { Complaint(file, line: $0.lowerBound, "a function of \($0.count) lines") }
    }

    /// From each `def` to the last line that is indented deeper.
    private func pythonFunctions(_ file: SourceFile) -> [ClosedRange<Int>] {
        func indentation(_ line: Substring) -> Int { line.prefix { $0 == " " }.count }
        return file.codeLines.indices.compactMap { start in
            let code = file.codeLines[start].drop { $0 == " " }
            guard code.hasPrefix("def ") || code.hasPrefix("async def ") else { return nil }
            let depth = indentation(file.codeLines[start])
            var end = start
            for next in file.codeLines.indices.dropFirst(start + 1) {
                let line = file.codeLines[next]
                if line.allSatisfy({ $0 == " " }) { continue }
                // A signature over several lines closes at the depth of its `def`.
                if indentation(line) <= depth, !line.drop(while: { $0 == " " }).hasPrefix(")") { break }
                end = next
            }
            return start...end
        }
    }
}
