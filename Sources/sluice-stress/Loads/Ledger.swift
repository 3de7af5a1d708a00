import CBench
import Glibc

/// What has been written, as far as it is known: memory that all processes of a run share. Owned by the harness; its generators open it by
/// `path`.
final class Ledger {
    private let native: OpaquePointer
    /// Where other processes open it, as long as this one lives.
    let path: String

    /// Records that inserts may add; memory comes into use only with them.
    private static let spareRecords = 20_000_000

    /// An empty one with room for so many records and those to come.
    init(records: Int, fields: Int) throws {
        guard let native = bench_ledger_create(UInt64(records + Self.spareRecords), UInt32(fields)) else {
            throw StressFailure.systemCall(.serverFailed, "memory for what is written")
        }
        self.native = native
        path = "/proc/\(getpid())/fd/\(bench_ledger_descriptor(native))"
    }

    /// One that another process has made.
    init(path: String) throws {
        guard let native = bench_ledger_open(path) else { throw StressFailure.systemCall(.serverFailed, "opening \(path)") }
        self.native = native
        self.path = path
    }

    deinit { bench_ledger_close(native) }

    /// Makes a load in C's form work on this ledger, which must outlive it.
    func join(_ load: inout bench_load) { load.ledger = native }

    /// Records that were acknowledged, and those of which nobody knows whether they are there.
    var count: (present: UInt64, possible: UInt64) {
        var present: UInt64 = 0
        var possible: UInt64 = 0
        bench_ledger_count(native, &present, &possible)
        return (present, possible)
    }

    /// How often a record had more writes with an unknown outcome than are kept apart: older versions of it were let pass since.
    var blurred: UInt64 { bench_ledger_blurred(native) }

    /// Requests that were answered so far, in all processes.
    var answered: UInt64 { bench_ledger_answered(native) }

    /// From now on the first success is waited for.
    /// - Returns: what `firstSuccess` takes.
    func mark() -> UInt32 { bench_ledger_mark(native) }

    /// When the first request that began after the mark succeeded, in `bench_now`'s time; nil when none has.
    func firstSuccess(after mark: UInt32) -> UInt64? {
        let time = bench_ledger_first_success(native, mark)
        return time > 0 ? time : nil
    }
}
