import ArgumentParser

/// Two saved runs beside each other.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compares two runs that 'run --save' kept.",
        discussion: """
            For each server and number of clients that both have: the medians, the change, and whether the runs of one lie apart from \
            those of the other. Where they overlap, a difference of medians says little.

              sluice-stress run b --engine sqlite --save before
              sluice-stress run b --engine sqlite --save after
              sluice-stress compare before after
            """
    )

    @Argument(help: "The run to compare with.")
    var before: String

    @Argument(help: "The run to be judged.")
    var after: String

    func run() throws {
        throw ExitCode(StressFailure.reporting { print(try Comparison(RunReport(file: before), RunReport(file: after)).text) })
    }
}
