extension KnownException {
    /// All of them: `protocol/conformance/exceptions.json`, which the suites of other languages read too. The page docs/engines.md lists
    /// them for people. None when the file cannot be read, so that each case that needs one fails.
    public static let all: [KnownException] = (try? read()) ?? []

    /// - Throws: what is wrong with the file.
    static func read() throws -> [KnownException] {
        let file = try ConformanceData.value(of: ConformanceData.exceptions)
        guard case .list(let entries)? = file["exceptions"] else { throw ConformanceData.Malformed(what: "no exceptions") }
        return try entries.flatMap { entry in
            guard case .list(let servers)? = entry["servers"], !servers.isEmpty else { throw ConformanceData.Malformed(what: "\(entry)") }
            return try servers.map { server in
                KnownException(
                    server: server.text, conformanceCase: try text("case", of: entry), failure: try text("failure", of: entry),
                    reason: try text("reason", of: entry))
            }
        }
    }

    private static func text(_ key: String, of entry: RecordValue) throws -> String {
        guard case .string(let text)? = entry[key], !text.isEmpty else { throw ConformanceData.Malformed(what: "\(key) of \(entry)") }
        return text
    }
}
