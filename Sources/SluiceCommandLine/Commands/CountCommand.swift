import ArgumentParser
import SluiceClient

/// `sluice count`: how many records match.
struct CountCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "count",
        abstract: "Count the records that match.",
        discussion: """
              sluice count users
              sluice count users role=guest 'seen<@2026-01-01'

            \(TypedCondition.help)
            """)

    @Argument(help: "The repository.")
    var repository: String

    @Argument(
        help: ArgumentHelp("What must hold; without any, all are counted.", valueName: "condition"),
        transform: { try TypedCondition.parse($0) })
    var conditions: [Condition] = []

    @OptionGroup var shared: SharedOptions

    func perform(_ client: SluiceClient, _ output: Output) async throws {
        let count = try await client.repository(repository).count(Filter(conditions))
        if shared.json { try output.json(["count": .integer(Int64(count))]) } else { try output.line(String(count)) }
    }
}
