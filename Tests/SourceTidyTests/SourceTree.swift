import Foundation

/// Text files by path: the project's own, or the few of a rule's sample. A value.
struct SourceTree: Sendable, ExpressibleByDictionaryLiteral {
    /// In the order of their paths.
    let files: [SourceFile]

    init(_ files: [SourceFile]) { self.files = files.sorted { $0.path < $1.path } }

    init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements.map { SourceFile(path: $0.0, text: $0.1) })
    }

    /// The project that this test was built from. Read once.
    static let ofProject = SourceTree(readProject())

    func contains(_ path: String) -> Bool { files.contains { $0.path == path } }

    /// Whether a file, or a folder with files in it, has this path.
    func leads(to path: String) -> Bool { path.isEmpty || files.contains { $0.path == path || $0.path.hasPrefix(path + "/") } }

    /// Folders that tools make, beside the hidden ones.
    private static let made: Set<String> = ["__pycache__", "build", "dist", "node_modules"]

    /// Bytes by chance, some of which are text by chance, and what others publish, which stays as it is.
    private static let notOurs: Set<String> = ["fuzz/corpus", "Tests/SluiceDynamoTests/SigningVectors/v4"]

    private static func readProject() -> [SourceFile] {
        let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
        return paths(under: root, "").compactMap { path in
            // What is no UTF-8 is no text, and no rule is about it.
            FileManager.default.contents(atPath: root + "/" + path).flatMap { String(data: $0, encoding: .utf8) }
                .map { SourceFile(path: path, text: $0) }
        }
    }

    private static func paths(under root: String, _ folder: String) -> [String] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: root + "/" + folder)) ?? []
        return entries.flatMap { entry -> [String] in
            let isKept = !entry.hasPrefix(".") || [".ci", ".swift-format", ".gitignore"].contains(entry)
            guard isKept, !made.contains(entry), !entry.hasSuffix(".egg-info") else { return [] }
            let path = folder.isEmpty ? entry : folder + "/" + entry
            guard !notOurs.contains(path) else { return [] }
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: root + "/" + path, isDirectory: &isFolder)
            return isFolder.boolValue ? paths(under: root, path) : [path]
        }
    }
}
