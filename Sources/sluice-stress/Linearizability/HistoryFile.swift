import CBench
import FoundationEssentials

/// What the processes of a run kept of their requests, by record.
enum HistoryFile {
    /// Reads all of them.
    /// - Throws: `StressFailure` when one cannot be read.
    static func read(_ paths: [String]) throws -> [UInt64: [HistoryEvent]] {
        var histories: [UInt64: [HistoryEvent]] = [:]
        for path in paths {
            guard let data = FileManager.default.contents(atPath: path) else {
                throw StressFailure(.serverFailed, "\(path), which a process of the run was to write, is not there")
            }
            data.withUnsafeBytes { bytes in
                for offset in stride(from: 0, through: bytes.count - MemoryLayout<bench_event>.size, by: MemoryLayout<bench_event>.size) {
                    let event = bytes.loadUnaligned(fromByteOffset: offset, as: bench_event.self)
                    if let known = HistoryEvent(event) { histories[event.record, default: []].append(known) }
                }
            }
        }
        return histories
    }
}
