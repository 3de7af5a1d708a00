import CBench
import FoundationEssentials

/// What the daemon said of itself (the operation `stats`) at one second of a run.
struct DaemonSample: Codable {
    let second: Double
    /// Requests that wait in queues.
    let queued: Int
    /// Counted since the daemon started; a reader takes differences.
    let readBatches: Int
    let readRequests: Int
    let writeBatches: Int
    let writeRequests: Int
    let anonymousBytes: Int?
    let descriptors: Int?

    /// How far a count grew over samples; a daemon that was started again counts anew.
    static func growth(_ samples: [DaemonSample], _ count: KeyPath<DaemonSample, Int>) -> Int {
        zip(samples, samples.dropFirst()).reduce(0) { $0 + max(0, $1.1[keyPath: count] - $1.0[keyPath: count]) }
    }

    private struct Statistics: Decodable {
        struct Batch: Decodable {
            let count: Int
            let requests: Int
        }
        struct Batches: Decodable {
            let reads: Batch
            let writes: Batch
        }
        let queued: [String: Int]
        let batches: Batches
    }

    private static let roomBytes = 256 << 10

    /// Asks the daemon now; nil when it does not answer.
    init?(at socket: String, second: Double, usage: (anonymousBytes: Int, descriptors: Int)?) {
        var failure = bench_failure()
        var json = [CChar](repeating: 0, count: Self.roomBytes)
        guard bench_stats(socket, &json, json.count, &failure) else { return nil }
        let bytes = json.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        guard let statistics = try? JSONDecoder().decode(Statistics.self, from: Data(bytes)) else { return nil }
        self.second = second
        queued = statistics.queued.values.reduce(0, +)
        readBatches = statistics.batches.reads.count
        readRequests = statistics.batches.reads.requests
        writeBatches = statistics.batches.writes.count
        writeRequests = statistics.batches.writes.requests
        anonymousBytes = usage?.anonymousBytes
        descriptors = usage?.descriptors
    }
}
