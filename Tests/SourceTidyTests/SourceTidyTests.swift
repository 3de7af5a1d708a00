import Testing

/// The project's rules of style and layering, held over every file, and each rule held over samples that break it.
@Suite struct SourceTidyTests {
    static let rules: [any TidyRule] = [
        NounRule(), OpeningRule(), HeaderRule(), DocumentationRule(),
        FileLengthRule(), FunctionLengthRule(), LineLengthRule(), WhitespaceRule(),
        NameRule(), UnitNameRule(),
        ImportRule(), PointerRule(), QuietLibraryRule(),
        MachinePathRule(), LinkRule(), DocumentsRule(),
    ]

    @Test(arguments: rules) func holds(_ rule: any TidyRule) {
        for complaint in rule.complaints(about: SourceTree.ofProject) { Issue.record("\(complaint) (\(rule.demand))") }
    }

    @Test(arguments: rules) func reportsWhatBreaksIt(_ rule: any TidyRule) {
        #expect(!rule.offences.isEmpty)
        for sample in rule.offences { #expect(!rule.complaints(about: sample).isEmpty, "\(sample.files)") }
    }

    @Test(arguments: rules) func leavesTheInnocentAlone(_ rule: any TidyRule) {
        #expect(!rule.innocents.isEmpty)
        for sample in rule.innocents { #expect(rule.complaints(about: sample).map(\.description) == [], "\(sample.files)") }
    }

    /// A walk that finds nothing would keep every rule.
    @Test func readsTheWholeProject() {
        let tree = SourceTree.ofProject
        for path in [
            "Package.swift", "Sources/sluiced/main.swift", "scripts/setup", "Tests/SourceTidyTests/SourceTidyTests.swift", ".ci/run",
        ] {
            #expect(tree.contains(path))
        }
        #expect(tree.files.count { $0.language == .swift } > 200)
    }

    @Test func layersOnlyPointUp() {
        var above: Set<Substring> = []
        for (target, modules) in Layers.sources {
            let below = modules.filter { $0.hasPrefix("Sluice") && !above.contains($0) }
            #expect(below.isEmpty, "\(target) imports \(below), which stand below it")
            above.insert(target)
        }
    }
}
