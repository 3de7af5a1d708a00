/// Where a rule is broken, and how. Made by a rule, shown by the test.
struct Complaint: Sendable, CustomStringConvertible {
    let path: String
    /// Counted from 1; nil when it is about the file as a whole.
    let line: Int?
    let what: String

    /// About a line, counted from 0.
    init(_ file: SourceFile, line: Int, _ what: String) {
        path = file.path
        self.line = line + 1
        self.what = what
    }

    init(_ path: String, _ what: String) {
        self.path = path
        line = nil
        self.what = what
    }

    var description: String { "\(path)\(line.map { ":\($0)" } ?? ""): \(what)" }
}
