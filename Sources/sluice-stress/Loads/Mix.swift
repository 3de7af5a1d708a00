import CBench

/// A workload on records that change: which operations, on which keys, and what a record is. A value; those of YCSB have names.
struct Mix: Codable {
    /// Which records are asked for most.
    enum Keys: String, Codable, CaseIterable, Sendable {
        case uniform, zipfian, latest

        var code: bench_keys {
            switch self {
            case .uniform: BENCH_UNIFORM
            case .zipfian: BENCH_ZIPFIAN
            case .latest: BENCH_LATEST
            }
        }
    }

    /// Shares of a thousand; together they are a thousand.
    var reads = 0
    var updates = 0
    var inserts = 0
    var scans = 0
    var readModifyWrites = 0
    var keys = Keys.zipfian
    var fields = 10
    var fieldBytes = 100
    /// A scan asks for one to as many records.
    var scanRecords = Int(BENCH_MOST_SCAN)
    /// The repository's ids are the caller's: those of others have no order that can be asked for.
    var hasCustomID: Bool { scans > 0 }

    /// Nothing but inserts: how the records of a workload come to be.
    var filling: Mix {
        var mix = self
        (mix.reads, mix.updates, mix.inserts, mix.scans, mix.readModifyWrites) = (0, 0, 1000, 0, 0)
        return mix
    }

    /// Bytes of a record's texts.
    var recordBytes: Int { fields * fieldBytes }

    var shares: [Int] { [reads, updates, inserts, scans, readModifyWrites] }

    /// Names of the operations, in the order of `bench_operation`.
    static let operationNames = ["read", "update", "insert", "scan", "read-modify-write"]

    /// As C has it. A scan's repository has its own kind of ids also while it is filled, so that is said here.
    func native(hasCustomID: Bool) -> bench_mix {
        var mix = bench_mix()
        withUnsafeMutableBytes(of: &mix.shares) { bytes in
            let places = bytes.bindMemory(to: UInt32.self)
            for (index, share) in shares.enumerated() { places[index] = UInt32(share) }
        }
        mix.keys = keys.code
        mix.fields = UInt32(fields)
        mix.field_bytes = UInt32(fieldBytes)
        mix.scan_records = UInt32(scanRecords)
        mix.custom_id = hasCustomID
        return mix
    }
}
