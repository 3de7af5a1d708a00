import ArgumentParser

/// The options of loads that work on records.
struct RecordOptions: ParsableArguments {
    @Option(help: "The repository to write in. It is defined when it is not there.")
    var repository = Load.defaultRepository

    @Option(help: "Size of each record in MessagePack, bytes.")
    var recordBytes = 200

    func validate() throws {
        try OptionRange("--record-bytes", 64...1_000_000).check(recordBytes)
        guard (1...255).contains(repository.utf8.count) else { throw ValidationError("--repository is a name of 1 to 255 bytes.") }
    }

    var bodyBytes: Int { Load.bodyBytes(ofRecordBytes: recordBytes) }
}
