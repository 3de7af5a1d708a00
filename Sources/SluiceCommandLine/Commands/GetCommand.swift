import ArgumentParser
import SluiceClient

/// `sluice get`: one record.
struct GetCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Show one record.",
        discussion: """
              sluice get users 65a1b2c3d4e5f60718293a4b       by its id
              sluice get users email=ann@example.org          one that matches; ends with 1 when none does
              sluice get users email=ann@example.org --fields name,address.city --json

            \(TypedCondition.help)
            """)

    @Argument(help: "The repository.")
    var repository: String

    @Argument(help: ArgumentHelp("An id, or conditions.", valueName: "id or condition"))
    var selection: [String]

    @Option(help: ArgumentHelp("Only these, with commas between.", valueName: "fields"), transform: { try TypedFields.paths($0) })
    var fields: [FieldPath] = []

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        do { _ = try TypedCondition.selection(selection) } catch { throw ValidationError(error.description) }
    }

    func perform(_ client: SluiceClient, _ output: Output) async throws {
        let record = try await client.repository(repository).getOne(try TypedCondition.selection(selection))
        if shared.json { return try output.json(fields.isEmpty ? record : record.picking(fields)) }
        try output.fields(of: record, only: fields)
    }
}
