import ArgumentParser
import SluiceClient

/// `sluice delete`: one record by its id, or all that match.
struct DeleteCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete the records that match.",
        discussion: """
              sluice delete users 65a1b2c3d4e5f60718293a4b      that record
              sluice delete users role=guest 'seen<@2026-01-01' every record that matches, and says how many went
              sluice delete users role=guest --one              one of them
              sluice delete users --all                         every record; without conditions nothing else will do

            Ends with 1 when nothing matches.

            \(TypedCondition.help)
            """)

    @Argument(help: "The repository.")
    var repository: String

    @Argument(help: ArgumentHelp("An id, or conditions.", valueName: "id or condition"))
    var selection: [String] = []

    @Flag(help: "Delete one record that matches, not every one.")
    var one = false

    @Flag(help: "Delete every record of the repository.")
    var all = false

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        if selection.isEmpty, !all { throw ValidationError("say which: an id, conditions, or --all for every record") }
        if all, one || !selection.isEmpty { throw ValidationError("--all goes with neither conditions nor --one") }
        do { _ = try TypedCondition.selection(selection) } catch { throw ValidationError(error.description) }
    }

    func perform(_ client: SluiceClient, _ output: Output) async throws {
        let repository = client.repository(repository)
        let filter = try TypedCondition.selection(selection)
        var deleted = 1
        if one || selection.count == 1 && TypedCondition.isBareID(selection[0]) {
            try await repository.deleteOne(filter)
        } else {
            deleted = try await repository.deleteAll(filter, all: all)
        }
        if shared.json { try output.json(["deleted": .integer(Int64(deleted))]) } else { try output.line("\(deleted) deleted") }
        if deleted == 0, !all { throw ExitCode(1) }
    }
}
