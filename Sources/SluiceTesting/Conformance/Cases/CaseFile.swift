import FoundationEssentials
import SluiceProtocol

/// One file of `protocol/conformance`, as README.md there defines it: cases that stand as data, so that every language's client runs them.
struct CaseFile {
    /// What is wrong with a file.
    struct Malformed: Error {
        let what: String
    }

    private let fixtures: RecordValue
    private let cases: [RecordValue]

    /// All of them, in the order of their files' names.
    static func all() throws -> [CaseFile] {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<5 { root.deleteLastPathComponent() }
        let folder = root.appendingPathComponent("protocol/conformance")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }
        return try names.sorted().map { try CaseFile(json: try Data(contentsOf: folder.appendingPathComponent($0)), name: $0) }
    }

    private init(json: Data, name: String) throws {
        var writer = MessagePackWriter()
        try json.withUnsafeBytes { try ExtendedJSON.messagePack(fromJSON: $0, appendTo: &writer, maxDepth: 64) }
        let file = try writer.bytes.withUnsafeBytes { bytes in
            var reader = MessagePackReader(bytes)
            return try RecordValue(&reader)
        }
        guard case .list(let cases)? = file["cases"] else { throw Malformed(what: "\(name) has no cases") }
        self.cases = cases
        fixtures = file["fixtures"] ?? [:]
    }

    /// The cases as tests.
    func conformanceCases() throws -> [ConformanceCase] { try cases.map { try DataCase($0, fixtures: fixtures).conformanceCase } }
}
