/// Documents lead on to what is there.
struct LinkRule: TidyRule {
    var demand: String { "links in Markdown lead to files that exist" }
    var offences: [SourceTree] {
        [
            ["README.md": "See [there](docs/there.md).\n"], ["docs/a.md": "See [up](../b.md#part \"title\").\n", "docs/b.md": "\n"],
            ["docs/a.md": "[out](../../a.md)\n"], ["docs/a.md": "See [it][it].\n\n[it]: it.md\n"],
            ["README.md": "[![picture](docs/picture.svg)](docs/a.md)\n", "docs/a.md": "\n"],
        ]
    }
    var innocents: [SourceTree] {
        [
            [
                "README.md": "[a](docs/a.md), [part](docs/a.md#part), [folder](docs), [here](#here), [web](https://example.org/x.md)\n",
                "docs/a.md": "[up](../README.md) and [root](../) and `[code](none.md)`\n",
            ],
            ["docs/a.md": "```\n[a](nowhere.md)\n```\n"],
        ]
    }

    func complaints(about tree: SourceTree) -> [Complaint] {
        tree.files.filter { $0.language == .markdown }.flatMap { file in
            links(file).filter { !leads($0.target, from: file.path, in: tree) }
                .map { Complaint(file, line: $0.line, "'\($0.target)' leads nowhere") }
        }
    }

    /// The targets of `](target)` and `[name]: target`, outside of code.
    private func links(_ file: SourceFile) -> [(line: Int, target: String)] {
        var isInFence = false
        return file.lines.enumerated().flatMap { index, line -> [(line: Int, target: String)] in
            if line.drop(while: { $0 == " " }).hasPrefix("```") { isInFence.toggle() }
            guard !isInFence else { return [] }
            // Every second piece between back quotes is code.
            let prose = line.split(separator: "`", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 0 }
                .map(\.element).joined(separator: "`")
            let inline = prose.matches(of: #/\]\(([^()\s]+)[^()]*\)/#).map { String($0.1) }
            let named = prose.matches(of: #/^\[[^\]]+\]:\s*(\S+)/#).map { String($0.1) }
            return (inline + named).map { (index, $0) }
        }
    }

    private func leads(_ target: String, from path: String, in tree: SourceTree) -> Bool {
        let place = target.prefix { $0 != "#" }
        if place.isEmpty || place.contains(":") { return true }
        var parts = path.split(separator: "/").dropLast()
        for part in place.split(separator: "/") where part != "." {
            guard part == ".." else {
                parts.append(part)
                continue
            }
            guard parts.popLast() != nil else { return false }
        }
        return tree.leads(to: parts.joined(separator: "/"))
    }
}
