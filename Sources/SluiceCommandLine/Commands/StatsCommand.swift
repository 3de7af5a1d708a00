import ArgumentParser
import SluiceClient

/// `sluice stats`: the daemon's counters.
struct StatsCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Show what the daemon counts about itself.",
        discussion: """
            Requests, errors, connections, batches, and the engine connections that serve them all:

              sluice stats
              sluice stats --json | jq .requests.save
            """)

    @OptionGroup var shared: SharedOptions

    func perform(_ client: SluiceClient, _ output: Output) async throws {
        let stats = try await client.stats()
        if shared.json { return try output.json(stats) }
        try output.pairs(Self.rows(stats))
    }

    /// The leaves of a tree by their dotted paths.
    static func rows(_ value: StructuredValue, at path: String = "") -> [(name: String, cell: Cell)] {
        func below(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
        return switch value {
        case .map(let entries): entries.flatMap { rows($0.value, at: below($0.key)) }
        case .list(let elements): elements.enumerated().flatMap { rows($1, at: below($1["name"]?.string ?? String($0))) }
        default: [(DisplayText.safe(path), Cell(value))]
        }
    }
}

extension Cell {
    /// A structured value; maps and lists as JSON.
    init(_ value: StructuredValue) {
        switch value {
        case .null: self.init(Scalar.null)
        case .boolean(let value): self.init(Scalar.boolean(value))
        case .integer(let value): self.init(Scalar.integer(value))
        case .float(let value): self.init(Scalar.float(value))
        case .string(let value): self.init(DisplayText.safe(value))
        case .list, .map: self.init(DisplayText.safe(value.json()))
        }
    }
}
