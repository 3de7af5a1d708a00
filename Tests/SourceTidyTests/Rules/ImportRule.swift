/// The layering: a target imports what `Layers` permits, so C stays in its engine, and server and engines never see each other.
struct ImportRule: FileRule {
    var demand: String { "targets import only what stands above them" }
    var offences: [SourceTree] {
        [
            ["Sources/SluiceServer/Router.swift": "import SluiceProtocol\nimport SluiceSQLite\n"],
            ["Sources/SluiceSQLite/File.swift": "@preconcurrency import SluiceServer\n"],
            ["Sources/SluiceBackend/Backend.swift": "import CSQLite\n"],
            ["Sources/SluiceProtocol/Frame.swift": "public import struct Foundation.Data\n"],
            ["Sources/SluiceClient/Client.swift": "#if true\n    import SluiceBackend\n#endif\n"],
            ["Sources/SluiceNew/New.swift": "\n"],
            ["Tests/SluiceClientTests/Tests.swift": "@testable import SluiceServer\n"],
            ["Tests/DaemonTests/Tests.swift": "import CSQLite\n"],
            ["Package.swift": ".target(name: \"SluiceServer\", dependencies: [\"SluiceBackend\", \"SluiceSQLite\"]),\n"],
            ["Package.swift": ".target(\n    name: \"SluiceClient\",\n    dependencies: [\n        \"SluiceBackend\", logging\n    ]),\n"],
        ]
    }
    var innocents: [SourceTree] {
        [
            ["Sources/SluiceServer/Router.swift": "import SluiceProtocol\nimport Logging\n// import SluiceSQLite\n"],
            ["Sources/CEpoll/CEpoll.c": "#include <sys/epoll.h>\n"],
            ["Tests/SluiceClientTests/Tests.swift": "import Foundation\n@testable import SluiceClient\n"],
            [
                "Package.swift":
                    ".target(name: \"CEpoll\"),\n.target(name: \"SluiceBackend\", dependencies: [\"SluiceProtocol\", logging]),\n"
            ],
        ]
    }

    func complaints(about file: SourceFile) -> [Complaint] {
        if file.path == "Package.swift" { return complaints(aboutPackage: file) }
        guard file.language == .swift, let target = file.target else { return [] }
        guard let permitted = Layers.permitted(target) else { return [Complaint(file.path, "\(target) has no line in Layers.swift")] }
        return imports(file).compactMap { line, module in
            guard file.isInSources || Layers.isOurs(module) else { return nil }
            return permitted.contains(module) ? nil : Complaint(file, line: line, "\(target) may not import \(module)")
        }
    }

    private func imports(_ file: SourceFile) -> [(line: Int, module: Substring)] {
        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var"]
        return file.codeLines.enumerated().compactMap { index, line in
            let words = SwiftLine.words(line)
            guard let keyword = words.firstIndex(of: "import"), words[..<keyword].allSatisfy({ $0.allSatisfy(\.isLowercase) }),
                let module = words[(keyword + 1)...].first(where: { !kinds.contains($0) })
            else { return nil }
            return (index, module)
        }
    }

    /// What the package lets a target link is no more than what it may import.
    private func complaints(aboutPackage file: SourceFile) -> [Complaint] {
        file.text.matches(of: #/(?i)target\(\s*name: "([^"]+)",\s*dependencies: \[([^\]]*)\]/#).flatMap { match in
            let target = match.1
            let permitted = Layers.permitted(target) ?? []
            return match.2.matches(of: #/"([^"]+)"/#).map(\.1).filter { Layers.isOurs($0) && !permitted.contains($0) }
                .map { Complaint(file.path, "\(target) may not depend on \($0)") }
        }
    }
}
