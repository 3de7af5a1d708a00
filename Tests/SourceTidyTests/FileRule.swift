/// A rule that looks at one file at a time.
protocol FileRule: TidyRule {
    func complaints(about file: SourceFile) -> [Complaint]
}

extension FileRule {
    func complaints(about tree: SourceTree) -> [Complaint] { tree.files.flatMap { complaints(about: $0) } }
}
