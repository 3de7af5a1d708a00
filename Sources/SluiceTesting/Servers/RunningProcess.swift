import Glibc

/// A process as those that disturb it know it: by its number, which whoever has started it keeps from being anybody else's.
public struct RunningProcess: Sendable {
    private let pid: pid_t

    /// The process with a number.
    public init(_ pid: pid_t) { self.pid = pid }

    /// Sends a signal. With SIGSTOP it blocks until every thread stands still, two minutes at most: what a thread does on its way there,
    /// after kill(2) has come back, may be an answer.
    public func send(_ signal: Int32) {
        guard kill(pid, signal) == 0, signal == SIGSTOP else { return }
        for _ in 0..<120_000 where !standsStill { usleep(1_000) }
    }

    /// Whether every thread is stopped or has ended: the state in proc(5)'s `stat`, after the name in parentheses, is T, Z or X.
    private var standsStill: Bool {
        guard let folder = opendir("/proc/\(pid)/task") else { return true }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            guard pid_t(name) != nil, let stat = TextFile.contents("/proc/\(pid)/task/\(name)/stat") else { continue }
            guard let state = stat.split(separator: ")").last?.dropFirst().first, "TZX".contains(state) else { return false }
        }
        return true
    }
}
