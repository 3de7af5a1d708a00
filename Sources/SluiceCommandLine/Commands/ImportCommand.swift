import ArgumentParser
import Glibc
import SluiceClient

/// `sluice import`: a record for each line of JSON.
struct ImportCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Read records from JSON Lines.",
        discussion: """
            One record a line, as 'sluice export' and mongoexport write them; what JSON lacks is Extended JSON.

              sluice import users users.jsonl
              zcat users.jsonl.gz | sluice import users
              sluice import users users.jsonl --keep-going 2> rejected.txt

            Each line is an upsert: it creates the record with its key, or sets its fields in the one that is there (fields that the \
            line does not name stay). So an import is resumable when every line has the key: 'id', or the repository's hash key and \
            range key. Interrupted, simply run it again: the content is the same, without duplicates. Lines without a key are \
            created anew each time, and counted. What 'sluice export' wrote always has it.

            Many lines are under way at once; of two lines with the same key the later one wins. The first line that cannot be \
            imported ends it, named by its number, and lines near it may be imported already; with --keep-going each such line is \
            named and passed over, and the exit code is 65 in the end.
            """)

    @Argument(help: "The repository, which is defined.")
    var repository: String

    @Argument(help: ArgumentHelp("The file; '-' or nothing is standard input.", valueName: "file"))
    var file: String?

    @Flag(name: .shortAndLong, help: "Pass over lines that cannot be imported.")
    var keepGoing = false

    @Option(help: ArgumentHelp("Requests under way at once.", valueName: "n"))
    var concurrency = 512

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        guard (1...10_000).contains(concurrency) else { throw ValidationError("--concurrency takes 1 to 10000") }
        if file == nil, isatty(STDIN_FILENO) == 1 { throw ValidationError("say which file, or '-' to type lines") }
    }

    func perform(_ client: SluiceClient, _ output: Output) async throws {
        let input = try InputFile(file ?? "-")
        guard let described = try await client.repositories().first(where: { $0.repository == repository }) else {
            throw SluiceError.invalidInput("repository '\(repository)' is not defined", reason: "undefinedRepository")
        }
        let key = RecordKey(described.definition)
        let progress = Progress("imported")
        let asJSON = shared.json
        var records = RecordImport(client.repository(repository), key: key, concurrency: concurrency, keepsGoing: keepGoing) { error in
            progress.clear()
            Complaint(error: error).report(asJSON: asJSON)
        }
        var lines = LineReader(input)
        do throws(SluiceError) {
            try await records.run(&lines) { tally, lines in
                progress.update(tally.imported, fraction: input.size.map { Double(lines.offset) / Double(max($0, 1)) })
            }
        } catch {
            progress.clear()
            try tell(records.tally, key, progress, output)
            var error = error
            if error.isRetryable, records.tally.keyless == 0 { error.message += "; the same import, run again, completes it" }
            throw error
        }
        progress.clear()
        try tell(records.tally, key, progress, output)
        if records.tally.failed > 0 { throw ExitCode(EX_DATAERR) }
    }

    private func tell(_ tally: RecordImport.Tally, _ key: RecordKey, _ progress: Progress, _ output: Output) throws(Output.Failure) {
        if shared.json {
            let (imported, failed, keyless) = (Int64(tally.imported), Int64(tally.failed), Int64(tally.keyless))
            return try output.json(["imported": .integer(imported), "failed": .integer(failed), "withoutKey": .integer(keyless)])
        }
        try output.line(progress.summary(tally.imported))
        if tally.failed > 0 { StandardError.note("\(Progress.counted(tally.failed, "line")) not imported") }
        guard tally.keyless > 0 else { return }
        let missing = key.fields.joined(separator: " and ")
        StandardError.note("\(Progress.counted(tally.keyless, "line")) without \(missing): imported again, they would be created again")
    }
}
