import Glibc

/// redis' own load generator. It is slower than the server that it loads, so its figures are its own: they stand beside those of this
/// program's generator because they are the ones that people know.
enum RedisBenchmark {
    /// How long it may take, seconds.
    private static let patience = 60

    /// What it reports for PING with one request in flight on each connection, a second; nil when it is not there.
    /// - Throws: `StressFailure` when it fails, or says something else than expected.
    static func pingsPerSecond(
        at socket: String, clients: Int, requests: Int, in folder: String, processors: UInt64
    ) throws -> Double? {
        guard let program = ProgramPath.find("redis-benchmark") else { return nil }
        let log = "\(folder)/redis-benchmark.csv"
        try TextFile.write("", to: log)
        let arguments = ["-s", socket, "-c", "\(clients)", "-n", "\(requests)", "-t", "ping_mbulk", "--csv"]
        let process = try ChildProcess(program: program, arguments, log: log, processors: processors)
        for _ in 0..<(patience * 100) where process.isRunning {
            try StressFailure.checkInterrupt()
            usleep(10_000)
        }
        let status = process.end(withinSeconds: 1)
        // "PING_MBULK","108932.46",…
        let line = TextFile.contents(log)?.split(separator: "\n").first { $0.hasPrefix("\"PING_MBULK\"") }
        let column = line?.split(separator: ",").dropFirst().first.flatMap { Double($0.filter { $0 != "\"" }) }
        guard status == 0, let column else {
            throw StressFailure(.serverFailed, "redis-benchmark ended with exit code \(status) and no figure for PING")
        }
        return column
    }
}
