/// A library answers its caller: it does not write to the caller's terminal, and it does not end the caller's process for what may happen.
/// `precondition` stays for what cannot (design rule 4).
struct QuietLibraryRule: FileRule {
    private let calls: Set<Substring> = ["print", "debugPrint", "dump", "fatalError", "abort", "exit"]
    /// The command line's library is the program `sluice` in all but its main.
    private let excused: Set<Substring> = ["SluiceCommandLine"]

    var demand: String { "libraries call none of \(calls.sorted().joined(separator: ", "))" }
    var offences: [SourceTree] {
        [
            ["Sources/SluiceServer/Loop.swift": "func run() { print(1) }\n"],
            ["Sources/SluiceServer/Loop.swift": "guard isOpen else { fatalError() }\n"],
            ["Sources/SluiceClient/Thing.swift": "if broken { Glibc.exit(1) }\n"],
        ]
    }
    var innocents: [SourceTree] {
        [
            [
                "Sources/SluiceServer/Loop.swift":
                    "// print(1)\nlet text = \"fatalError()\"\nlog.dump(1)\nfunc blueprint() {}\nblueprint()\n"
            ],
            ["Sources/sluiced/DaemonCommand.swift": "print(1)\n"], ["Sources/SluiceCommandLine/Table.swift": "print(1)\n"],
        ]
    }

    func complaints(about file: SourceFile) -> [Complaint] {
        guard file.language == .swift, file.isLibrary, !excused.contains(file.target ?? "") else { return [] }
        return file.codeLines.enumerated().compactMap { index, line in
            called(in: line).map { Complaint(file, line: index, "\($0) in a library") }
        }
    }

    private func called(in line: Substring) -> Substring? {
        let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "." || $0 == "(") }
        return words.lazy.flatMap { $0.split(separator: "(").map { $0 } }.map { word in
            word.hasPrefix("Glibc.") || word.hasPrefix("Swift.") ? word[word.index(after: word.firstIndex(of: ".")!)...] : word
        }.first { calls.contains($0) && line.contains($0 + "(") }
    }
}
