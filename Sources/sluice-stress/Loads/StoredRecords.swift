import CBench

/// The records that a run left in a repository: how they come there, and whether all of them are there. Belongs to the load that made them.
struct StoredRecords {
    let socket: String
    let repository: String
    let nameSpace: UInt64
    let bodyBytes: Int
    /// How many each creating process wrote, each in the name space after the one before.
    let countByProcess: [UInt64]

    var count: UInt64 { countByProcess.reduce(0, +) }

    /// Makes the repository, unless it is there.
    static func define(_ repository: String, at socket: String) throws {
        var failure = bench_failure()
        guard bench_define(socket, repository, false, &failure) else { throw StressFailure(.serverFailed, failure) }
    }

    /// Writes this many records, pipelined.
    static func fill(_ repository: String, at socket: String, count: UInt64, bodyBytes: Int) throws -> StoredRecords {
        try define(repository, at: socket)
        let nameSpace = Load.freshNameSpace()
        var load = Load(workload: .create, socket: socket, clients: 8, depth: 16, extent: .requests(count))
        load.repository = repository
        load.nameSpace = nameSpace
        load.bodyBytes = bodyBytes
        let result = try load.run()
        return StoredRecords(
            socket: socket, repository: repository, nameSpace: nameSpace, bodyBytes: bodyBytes, countByProcess: result.answeredByProcess)
    }

    /// Reads every record back and compares it; then counts what else is there.
    /// - Parameter isAlone: nothing but these records may be in the repository.
    /// - Throws: `StressFailure` when one that was acknowledged is missing or different, or one is there twice.
    func verify(isAlone: Bool) throws {
        for (process, count) in countByProcess.enumerated() where count > 0 {
            var load = Load(workload: .get, socket: socket, clients: 4, depth: 16, extent: .requests(count))
            load.repository = repository
            load.nameSpace = nameSpace + UInt64(process)
            load.records = count
            load.isInOrder = true
            load.bodyBytes = bodyBytes
            _ = try load.run()
        }
        guard isAlone else { return }
        var failure = bench_failure()
        var stored: UInt64 = 0
        guard bench_count(socket, repository, &stored, &failure) else { throw StressFailure(.serverFailed, failure) }
        guard stored == count else { throw StressFailure(.wrongAnswer, "\(count) creates were acknowledged, \(stored) records are there") }
    }
}
