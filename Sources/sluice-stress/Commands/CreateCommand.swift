import ArgumentParser

/// Creates records as fast as the daemon acknowledges them.
struct CreateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Creates records as fast as they are acknowledged, then reads all of them back.",
        discussion: """
            Each record has an id of its own and a body that follows from it. When the time is up, every acknowledged record is read back \
            and compared. The records stay: use a repository that you can empty.

              sluice-stress create --socket /run/sluice/sluice.sock --clients 64 --processes 4
              sluice-stress create --repository scratch --record-bytes 2000 --seconds 30
            """
    )

    @OptionGroup var options: LoadOptions
    @OptionGroup var records: RecordOptions

    func run() throws {
        throw options.exit {
            var load = options.load(.create)
            load.repository = records.repository
            load.bodyBytes = records.bodyBytes
            load.nameSpace = Load.freshNameSpace()
            try StoredRecords.define(load.repository, at: load.socket)
            let result = try load.run()
            let stored = StoredRecords(
                socket: load.socket, repository: load.repository, nameSpace: load.nameSpace, bodyBytes: load.bodyBytes,
                countByProcess: result.answeredByProcess)
            try stored.verify(isAlone: false)
            try options.report(load, result)
        }
    }
}
