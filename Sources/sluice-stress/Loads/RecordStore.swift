import CBench
import Glibc

/// The records that a mix works on, on one server: made before a load, changed by it, verified after it. Owns their ledger.
struct RecordStore {
    /// A daemon's socket, or where another server is.
    let place: String
    let mix: Mix
    let repository: String
    let ledger: Ledger
    private let nameSpace = Load.freshNameSpace()
    /// How many there were at first.
    let records: Int

    private static let fillClients = 8
    private static let fillDepth = 16
    /// Filling keeps no more than this under way, bytes.
    private static let fillBytes = 32 << 20
    /// How long a server that was killed may need until it can be read from, nanoseconds.
    private static let patience: UInt64 = 60_000_000_000

    /// Makes the repository and its records.
    /// - Parameters:
    ///   - repository: nil for the harness's own, which is emptied; another must be empty. A peer's is always the harness's own.
    /// - Throws: `StressFailure`.
    init(at place: String, _ mix: Mix, records: Int, repository: String? = nil) throws {
        self.place = place
        self.mix = mix
        self.records = records
        let own = Self.ownRepository(at: place, mix)
        self.repository = bench_is_peer(place) ? own : repository ?? own
        ledger = try Ledger(records: records, fields: mix.fields)
        try isPeer ? definePeer() : define(isOwn: repository == nil)
        try fill()
    }

    /// A repository's kind of ids cannot be changed, so each kind has its own. A peer may be the server that the daemon works on, and its
    /// table is made anew.
    private static func ownRepository(at place: String, _ mix: Mix) -> String {
        if bench_is_peer(place) { return "sluice-stress-direct" }
        return mix.hasCustomID ? "sluice-stress-scans" : "sluice-stress-mix"
    }

    private var isPeer: Bool { bench_is_peer(place) }

    /// A load of this mix on these records.
    func load(clients: Int, processes: Int = 1, depth: Int = 1, extent: Load.Extent) -> Load {
        var load = Load(workload: .mix, socket: place, clients: clients, processes: processes, depth: depth, extent: extent)
        load.repository = repository
        load.nameSpace = nameSpace
        load.records = UInt64(records)
        load.mix = mix
        load.hasCustomID = mix.hasCustomID
        load.ledgerPath = ledger.path
        return load
    }

    private func definePeer() throws {
        var failure = bench_failure()
        var load = load(clients: 1, extent: .requests(0)).native(ledger)
        guard bench_peer_define(&load, &failure) else { throw StressFailure(.serverNotThere, failure) }
    }

    private func define(isOwn: Bool) throws {
        var failure = bench_failure()
        var count: UInt64 = 0
        guard bench_define(place, repository, mix.hasCustomID, &failure), bench_count(place, repository, &count, &failure) else {
            throw StressFailure(.serverFailed, failure)
        }
        guard count > 0 else { return }
        guard isOwn else {
            throw StressFailure(.unsuitableFolder, "the repository '\(repository)' holds \(count) records; give one that is empty")
        }
        guard bench_empty(place, repository, &failure) else { throw StressFailure(.serverFailed, failure) }
    }

    private func fill() throws {
        let clients = min(Self.fillClients, records)
        let depth = isPeer ? 1 : max(1, min(Self.fillDepth, Self.fillBytes / (clients * mix.recordBytes)))
        var load = load(clients: clients, depth: depth, extent: .requests(UInt64(records)))
        load.mix = mix.filling
        _ = try load.run()
    }

    /// Reads every record and judges it by what was acknowledged.
    /// - Returns: how many there are.
    /// - Throws: `StressFailure` when one that was acknowledged is missing, one shows what it must not, or there are
    ///   more than there can be.
    @discardableResult
    func verify() throws -> UInt64 {
        var failure = bench_failure()
        var found: UInt64 = 0
        var load = load(clients: 1, extent: .requests(0)).native(ledger)
        load.mix.shares.3 = 0  // no scans are asked for here
        guard isPeer ? bench_peer_walk(&load, &found, &failure) : bench_walk(&load, &found, &failure) else {
            throw StressFailure.judging(failure)
        }
        let (present, possible) = ledger.count
        guard found >= present, found <= present + possible else {
            throw StressFailure(
                .wrongAnswer, "\(present) records were acknowledged and \(possible) may be there as well, but \(found) are")
        }
        return found
    }

    /// The same; the daemon may need a while to find its engine's server again. What is wrong is wrong at once.
    func verifyAfterChaos() throws -> UInt64 {
        let end = bench_now() + Self.patience
        while true {
            do { return try verify() } catch let failure as StressFailure {
                guard failure.kind == .serverFailed, bench_now() < end else { throw failure }
            }
            try StressFailure.checkInterrupt()
            usleep(200_000)
        }
    }
}
