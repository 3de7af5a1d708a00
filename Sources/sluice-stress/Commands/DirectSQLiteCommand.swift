import ArgumentParser
import CBench

/// One of the processes that write an SQLite file directly. `DirectSQLite.load` starts it.
struct DirectSQLiteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "direct-sqlite", abstract: "Writes an SQLite file directly.", shouldDisplay: false)

    @Option var file: String
    @Option var seconds: Double
    @Option var warmUp: Double
    @Option var nameSpace: UInt64
    @Option var bodyBytes: UInt32

    func run() throws {
        throw ExitCode(StressFailure.reporting(write))
    }

    private func write() throws {
        let store = try DirectSQLite(file)
        let result: UnsafeMutablePointer<bench_result> = bench_result_new()
        defer { bench_result_free(result) }
        try Gate.passThrough()
        let begins = bench_now() + UInt64(warmUp * 1e9)
        let ends = begins + UInt64(seconds * 1e9)
        var processorAtBegin: UInt64?  // stays nil in a process that waits for the lock through the whole window
        var now = bench_now()
        while now < ends {
            if now >= begins && processorAtBegin == nil { processorAtBegin = bench_process_time(0) }
            try store.create(id: recordID(result.pointee.answered_in_all), body: recordBody(result.pointee.answered_in_all))
            let done = bench_now()
            result.pointee.answered_in_all += 1
            if done >= begins && done < ends {
                result.pointee.answered += 1
                bench_histogram_record(&result.pointee.latency, done - now)
            }
            now = done
        }
        result.pointee.window = ends - begins
        let processorAtEnd = bench_process_time(0)
        result.pointee.processor = processorAtEnd - (processorAtBegin ?? processorAtEnd)
        try Gate.hand(over: result)
    }

    private func recordID(_ number: UInt64) -> String {
        var id = [CChar](repeating: 0, count: 25)
        bench_record_id(nameSpace, number, &id)
        return String(decoding: id.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The record as JSON, which is how the embedded engine keeps it too.
    private func recordBody(_ number: UInt64) -> String {
        let body = String(unsafeUninitializedCapacity: Int(bodyBytes)) { buffer in
            buffer.withMemoryRebound(to: CChar.self) { bench_record_body(nameSpace, number, $0.baseAddress, bodyBytes) }
            return Int(bodyBytes)
        }
        return #"{"id":"\#(recordID(number))","number":\#(number),"body":"\#(body)"}"#
    }
}
