/// design rule 3: units stand last in a name and are spelled out, since `timeoutMs` and `maxMB` are read in more ways than one.
struct UnitNameRule: FileRule {
    private let abbreviations = [
        "Ms", "Msec", "Msecs", "Millis", "Micros", "Nanos", "Us", "Ns", "Sec", "Secs", "Mins", "KB", "MB", "GB", "Kb", "Mb",
    ]

    var demand: String { "units in names are spelled out" }
    var offences: [SourceTree] {
        [
            ["Sources/A/Wait.swift": "let timeoutMs = 5\n"], ["Sources/A/Wait.swift": "    private var delaySecs: Int\n"],
            ["Sources/A/Wait.swift": "func wait(timeoutMillis: Int) {}\n"], ["Sources/A/Size.swift": "static let maxMB = 3\n"],
            ["scripts/wait.py": "timeout_ms = 5\n"],
        ]
    }
    var innocents: [SourceTree] {
        [
            ["Sources/A/Wait.swift": "let timeoutMilliseconds = 5 // not timeoutMs\n"],
            ["Sources/A/Wait.swift": "let itemsMsgpack = bus\n"],
            ["scripts/wait.py": "timeout_seconds = 5\nforms = 1\n"],
        ]
    }

    func complaints(about file: SourceFile) -> [Complaint] {
        guard file.language == .swift || file.language == .python else { return [] }
        return file.codeLines.enumerated().flatMap { index, line in
            line.split { !($0.isLetter || $0.isNumber || $0 == "_") }.filter(isAbbreviated)
                .map { Complaint(file, line: index, "'\($0)': spell the unit out") }
        }
    }

    private func isAbbreviated(_ name: Substring) -> Bool {
        // The kernel's own names (timeval, timespec) are not ours to choose.
        if name.hasPrefix("tv_") { return false }
        return abbreviations.contains { unit in
            (name.hasSuffix(unit) && name.dropLast(unit.count).last?.isLowercase == true) || name.hasSuffix("_" + unit.lowercased())
        }
    }
}
