import ArgumentParser
import SluiceProtocol

/// The command `sluice`: every subcommand by its name.
public struct SluiceCommand: AsyncParsableCommand {
    /// Names and help.
    public static let configuration = CommandConfiguration(
        commandName: "sluice",
        abstract: "Records in repositories, through the daemon 'sluiced' on this host.",
        discussion: """
            A first walk:

              sluice define users --unique email
              sluice save users email=ann@example.org name=Ann age=30
              sluice find users 'age>=18' --order name
              sluice save users --where email=ann@example.org name=Anna
              sluice export users > users.jsonl
              sluice delete users email=ann@example.org

            'sluice help COMMAND' explains each with examples. --json makes every answer, and every complaint, JSON for scripts.

            \(Complaint.exitCodesHelp)
            """,
        version: Release.version,
        subcommands: [
            PingCommand.self, StatsCommand.self, RepositoriesCommand.self, DefineCommand.self, SaveCommand.self, GetCommand.self,
            FindCommand.self, CountCommand.self, DeleteCommand.self, ImportCommand.self, ExportCommand.self,
        ]
    )

    /// The command, as the argument parser makes it.
    public init() {}

    /// Runs the command that the process's arguments spell, and ends the process where it fails.
    public static func start() async { await main() }
}
