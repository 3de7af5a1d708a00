/// What is written for one machine does not work on the next.
struct MachinePathRule: FileRule {
    // In two pieces each, or this file would be the first to break the rule.
    private let folders = ["/ho" + "me/", "/Us" + "ers/", "/ro" + "ot/", "/wo" + "rk/", "/tmp" + "/h/", "/o" + "pt/"]

    var demand: String { "no file names a folder of some machine" }
    var offences: [SourceTree] {
        folders.map { ["README.md": "See `\($0)me/sluice`.\n"] } + [["scripts/run": "#!/bin/sh\ncd \(folders[0])me\n"]]
    }
    var innocents: [SourceTree] {
        [["README.md": "In /run/sluice, docs\(folders[3])a.md, https://example.org\(folders[0])page and /tmp/here.\n"]]
    }

    func complaints(about file: SourceFile) -> [Complaint] {
        file.lines.enumerated().compactMap { index, line in
            folders.first { stands($0, in: line) }.map { Complaint(file, line: index, "a path of one machine, \($0)") }
        }
    }

    /// Whether a path begins with the folder, rather than goes through one of that name.
    private func stands(_ folder: String, in line: Substring) -> Bool {
        line.ranges(of: folder).contains { range in
            guard range.lowerBound > line.startIndex else { return true }
            let before = line[line.index(before: range.lowerBound)]
            return !(before.isLetter || before.isNumber || "._-~$}/".contains(before))
        }
    }
}
