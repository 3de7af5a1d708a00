import ArgumentParser
import SluiceClient

/// `sluice find`: the records that match, as a table or as JSON Lines.
struct FindCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "find",
        abstract: "List the records that match.",
        discussion: """
              sluice find users
              sluice find users role=user 'age>30' 'name~An%'
              sluice find users --order name,-age --limit 10 --offset 20
              sluice find users --fields name,address.city
              sluice find users 'role=[admin,owner]' --json | jq .email
              sluice find users role=user --order name --explain

            A table shows the first \(RecordTable.standardLimit) records unless --limit says otherwise (0 is all), cut to the \
            terminal's width; --json gives every record whole, a page at a time, however many there are. --explain shows instead \
            how the engine finds them: an index, or all records one by one.

            \(TypedCondition.help)
            """)

    @Argument(help: "The repository.")
    var repository: String

    @Argument(
        help: ArgumentHelp("What must hold; without any, all match.", valueName: "condition"), transform: { try TypedCondition.parse($0) })
    var conditions: [Condition] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Sort by these, with commas between; a minus before a field turns it round.", valueName: "fields"),
        transform: { try TypedFields.order($0) })
    var order: [SortField] = []

    @Option(help: ArgumentHelp("At most so many; 0 is no limit.", valueName: "n"))
    var limit: Int?

    @Option(help: ArgumentHelp("Pass over so many first.", valueName: "n"))
    var offset = 0

    @Option(help: ArgumentHelp("Only these, with commas between.", valueName: "fields"), transform: { try TypedFields.paths($0) })
    var fields: [FieldPath] = []

    @Flag(help: "Show how the engine answers, not the records.")
    var explain = false

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        guard limit ?? 0 >= 0, offset >= 0 else { throw ValidationError("--limit and --offset are not negative") }
    }

    func perform(_ client: SluiceClient, _ output: Output) async throws {
        if explain { return try await explain(client.repository(repository), output) }
        var walk = RecordWalk(client.repository(repository), Filter(conditions))
        walk.order = order
        walk.offset = offset
        if shared.json {
            walk.limit = limit ?? 0
            try await walk.forEachBatch { records in
                for record in records { try output.json(fields.isEmpty ? record : record.picking(fields)) }
                if output.terminal.isTerminal { try output.flush() }
            }
        } else {
            try await table(walk, output)
        }
    }

    private func explain(_ repository: Repository, _ output: Output) async throws {
        let explanation = try await repository.explain(Filter(conditions), order: order, limit: limit ?? 0, offset: offset)
        try shared.json ? output.json(explanation) : output.pairs(StatsCommand.rows(explanation))
    }

    private func table(_ walk: RecordWalk, _ output: Output) async throws {
        var walk = walk
        let limit = limit ?? RecordTable.standardLimit
        // One more than is shown tells whether there are more.
        walk.limit = limit == 0 ? 0 : limit + 1
        var table = RecordTable(fields: fields, output)
        var count = 0
        try await walk.forEachBatch { records in
            let shown = limit == 0 ? records[...] : records.prefix(limit - count)
            try table.add(shown)
            count += records.count
        }
        try table.finish()
        try output.flush()
        if count == 0 { StandardError.note("no record matches") }
        if limit > 0, count > limit { StandardError.note("there are more than \(limit); --limit 0 shows all") }
        if let note = table.note { StandardError.note(note) }
    }
}
