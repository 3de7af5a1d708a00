import ArgumentParser
import Glibc
import SluiceClient

/// `sluice save`: creates a record, or changes one.
struct SaveCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "save",
        abstract: "Create a record, or change one.",
        discussion: """
              sluice save users email=ann@example.org name=Ann age=30        creates
              sluice save users '{"email":"bo@example.org","tags":["a"]}'    creates from JSON
              echo '{"name":"Cy"}' | sluice save users                       creates from standard input
              sluice save users --where email=ann@example.org name=Anna      sets fields of one record that matches
              sluice save users --upsert id=65a1b2c3d4e5f60718293a4b age=31  changes that record, or creates it
              sluice save users --replace id=65a1b2c3d4e5f60718293a4b name=A that record has these fields and no others

            The answer is the record as it is stored. --upsert and --replace find it by 'id', or by the repository's key.

            \(TypedRecord.help)

            \(TypedCondition.help)
            """)

    @Argument(help: "The repository.")
    var repository: String

    @Argument(help: ArgumentHelp("The record: fields, a JSON object, or '-' for standard input.", valueName: "field=value"))
    var record: [String] = []

    @Option(
        help: ArgumentHelp("Change one record that matches instead of creating one. May be repeated.", valueName: "condition"),
        transform: { try TypedCondition.parse($0) })
    var `where`: [Condition] = []

    @Flag(help: "Change the record with this id or key, or create it.")
    var upsert = false

    @Flag(help: "Give the record with this id or key these fields and no others.")
    var replace = false

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        if [upsert, replace, !self.where.isEmpty].filter({ $0 }).count > 1 {
            throw ValidationError("--where, --upsert and --replace exclude each other")
        }
        if record.isEmpty, isatty(STDIN_FILENO) == 1 {
            throw ValidationError("there is nothing to save: give FIELD=VALUE, a JSON object, or JSON on standard input")
        }
    }

    func perform(_ client: SluiceClient, _ output: Output) async throws {
        let repository = client.repository(repository)
        let object = try typedRecord()
        let stored =
            if upsert {
                try await repository.upsert(object)
            } else if replace {
                try await repository.replace(object)
            } else if self.where.isEmpty {
                try await repository.save(object)
            } else {
                try await repository.save(object, where: Filter(self.where))
            }
        if shared.json { try output.json(stored) } else { try output.fields(of: stored) }
    }

    private func typedRecord() throws -> Document {
        guard record.isEmpty || record == ["-"] else { return try TypedRecord.parse(record) }
        return try TypedRecord.parse(json: try InputFile.contents(of: "-"))
    }
}
