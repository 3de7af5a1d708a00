/// What a newcomer looks for is there.
struct DocumentsRule: TidyRule {
    private let documents = [
        "ARCHITECTURE.md", "CHANGELOG.md", "LICENSE", "README.md", "Tests/README.md", "etc/README.md", "protocol/PROTOCOL.md",
    ]

    var demand: String { "the documents are there, and the change log says what is new" }
    var offences: [SourceTree] {
        [
            whole(without: "CHANGELOG.md"), whole(without: "LICENSE"), whole(changes: "# Changelog\n"),
            whole(changes: "## Unreleased\n\n## 1\n"),
        ]
    }
    var innocents: [SourceTree] { [whole(changes: "# Changelog\n\n## Unreleased\n\n- A change.\n")] }

    func complaints(about tree: SourceTree) -> [Complaint] {
        documents.filter { !tree.contains($0) }.map { Complaint($0, "is missing") }
            + tree.files.filter { $0.path == "CHANGELOG.md" && !saysSomething($0) }.map {
                Complaint($0.path, "its first section has no entry")
            }
    }

    private func saysSomething(_ log: SourceFile) -> Bool {
        log.lines.drop { !$0.hasPrefix("## ") }.dropFirst().prefix { !$0.hasPrefix("## ") }.contains { $0.hasPrefix("- ") }
    }

    private func whole(without absent: String = "", changes: String = "## Unreleased\n\n- A change.\n") -> SourceTree {
        SourceTree(documents.filter { $0 != absent }.map { SourceFile(path: $0, text: $0 == "CHANGELOG.md" ? changes : "\n") })
    }
}
