import ArgumentParser

/// The options of loads that work on records.
struct RecordOptions: ParsableArguments {
    @Option(help: "The repository to write in. It is defined when it is not there.")
    var repository = Load.defaultRepository

    @Option(help: "Size of each record in MessagePack, bytes.")
    var recordBytes = 200

    func validate() throws {
        guard (64...1_000_000).contains(recordBytes) else { throw ValidationError("--record-bytes is from 64 to 1000000.") }
        guard (1...255).contains(repository.utf8.count) else { throw ValidationError("--repository is a name of 1 to 255 bytes.") }
    }

    var bodyBytes: Int { Load.bodyBytes(ofRecordBytes: recordBytes) }
}
