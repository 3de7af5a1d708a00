import ArgumentParser
import SluiceClient

/// `sluice export`: every record as a line of JSON.
struct ExportCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write records as JSON Lines.",
        discussion: """
            One record a line, as 'sluice import' and mongoimport read them; what JSON lacks is Extended JSON. A page at a time: \
            memory stays the same however many records there are, and every record that is there throughout is written exactly once.

              sluice export users > users.jsonl
              sluice export users 'seen<@2026-01-01' --order id | gzip > old.jsonl.gz

            \(TypedCondition.help)
            """)

    @Argument(help: "The repository.")
    var repository: String

    @Argument(
        help: ArgumentHelp("What must hold; without any, all are written.", valueName: "condition"),
        transform: { try TypedCondition.parse($0) })
    var conditions: [Condition] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Sort by these, with commas between; a minus before a field turns it round.", valueName: "fields"),
        transform: { try TypedFields.order($0) })
    var order: [SortField] = []

    @OptionGroup var shared: SharedOptions

    func perform(_ client: SluiceClient, _ output: Output) async throws {
        var walk = RecordWalk(client.repository(repository), Filter(conditions))
        walk.order = order
        var count = 0
        // Progress between records on the same terminal would only disturb.
        let progress = Progress("exported", isWanted: !output.terminal.isTerminal)
        defer { progress.clear() }
        do {
            try await walk.forEachBatch { records in
                for record in records { try output.json(record) }
                count += records.count
                progress.update(count)
            }
        } catch var error as SluiceError {
            error.message += "; \(Progress.grouped(count)) records were written before"
            throw error
        }
        progress.finish(count)
    }
}
