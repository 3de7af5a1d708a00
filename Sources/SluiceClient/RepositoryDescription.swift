import SluiceProtocol

/// What the daemon says of a defined repository.
public struct RepositoryDescription: Sendable, Equatable {
    /// The name by which operations address it.
    public let repository: String
    /// The sum of all that was defined.
    public let definition: StructuredValue
    /// Which configured backend holds it.
    public let backend: String
    /// What its engine can do: `uniqueKey`, `uniqueId`, `uniqueIndexes` … (PROTOCOL.md section 9).
    public let capabilities: [String: Bool]
    /// What people should know, capacity differences for one.
    public let notices: [String]

    /// From the map that `define` and `repositories` answer; what is missing stays empty.
    init(_ value: StructuredValue) {
        repository = value["repository"]?.string ?? ""
        definition = value["definition"] ?? .null
        backend = value["backend"]?.string ?? ""
        var capabilities: [String: Bool] = [:]
        if case .map(let entries)? = value["capabilities"] { for entry in entries { capabilities[entry.key] = entry.value.boolean } }
        self.capabilities = capabilities
        if case .list(let notices)? = value["notices"] { self.notices = notices.compactMap(\.string) } else { notices = [] }
    }
}
