import ArgumentParser

/// Reads records by id as fast as the daemon answers.
struct GetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Writes records, then reads them by id, at random, as fast as they come.",
        discussion: """
            First --records records are written, unmeasured; then each request is a getOne for one of them, and each reply is compared \
            with what was written. The records stay: use a repository that you can empty.

              sluice-stress get --socket /run/sluice/sluice.sock --clients 1
              sluice-stress get --clients 200 --processes 4 --records 100000 --repository scratch
            """
    )

    @OptionGroup var options: LoadOptions
    @OptionGroup var records: RecordOptions

    @Option(name: .customLong("records"), help: "How many records to write first and then read.")
    var count: UInt64 = 10_000

    func validate() throws { try OptionRange("--records", 1...10_000_000).check(count) }

    func run() throws {
        throw options.exit {
            var load = options.load(.get)
            let stored = try StoredRecords.fill(records.repository, at: load.socket, count: count, bodyBytes: records.bodyBytes)
            load.repository = stored.repository
            load.nameSpace = stored.nameSpace
            load.records = stored.count
            load.bodyBytes = stored.bodyBytes
            try options.report(load, try load.run())
        }
    }
}
