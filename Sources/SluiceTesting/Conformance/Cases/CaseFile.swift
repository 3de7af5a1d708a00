/// One file of `protocol/conformance`, as README.md there defines it: cases that stand as data, so that every language's client runs them.
struct CaseFile {
    private let fixtures: RecordValue
    private let cases: [RecordValue]

    /// All of them, in the order of their files' names.
    static func all() throws -> [CaseFile] { try ConformanceData.caseFiles().map { try CaseFile(named: $0) } }

    private init(named name: String) throws {
        let file = try ConformanceData.value(of: name)
        guard case .list(let cases)? = file["cases"] else { throw ConformanceData.Malformed(what: "\(name) has no cases") }
        self.cases = cases
        fixtures = file["fixtures"] ?? [:]
    }

    /// The cases as tests.
    func conformanceCases() throws -> [ConformanceCase] { try cases.map { try DataCase($0, fixtures: fixtures).conformanceCase } }
}
