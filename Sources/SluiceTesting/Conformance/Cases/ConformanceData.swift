import FoundationEssentials
import SluiceProtocol

/// The folder `protocol/conformance`, whose README.md says what its files hold: data that the suites of all languages share.
enum ConformanceData {
    /// What is wrong with a file.
    struct Malformed: Error {
        let what: String
    }

    /// The file of cases that servers are known to fail; every other one holds cases.
    static let exceptions = "exceptions.json"

    /// The files with cases, in the order of their names.
    static func caseFiles() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") && $0 != exceptions }.sorted()
    }

    /// What a file holds.
    static func value(of name: String) throws -> RecordValue {
        let json = try Data(contentsOf: folder.appendingPathComponent(name))
        var writer = MessagePackWriter()
        try json.withUnsafeBytes { try ExtendedJSON.messagePack(fromJSON: $0, appendTo: &writer, maxDepth: 64) }
        return try writer.bytes.withUnsafeBytes { bytes in
            var reader = MessagePackReader(bytes)
            return try RecordValue(&reader)
        }
    }

    private static var folder: URL {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<5 { root.deleteLastPathComponent() }
        return root.appendingPathComponent("protocol/conformance")
    }
}
