import CBench
import Glibc

/// The processor time of all programs on the machine, to be compared with that of a run's own: a run
/// during which others were busy says little.
struct MachineTime {
    private let busySeconds: Double
    private let at: UInt64

    /// Now. Nil when `/proc/stat` does not say.
    init?() {
        // "cpu", then ticks as user, nice, system, idle, iowait, irq, softirq, steal (proc(5)); time for guests is part of user.
        guard let line = TextFile.contents("/proc/stat")?.split(separator: "\n").first else { return nil }
        let fields = line.split(separator: " ").dropFirst().compactMap { Double($0) }
        guard fields.count >= 8 else { return nil }
        busySeconds = (fields[0...2] + fields[5...7]).reduce(0, +) / Double(sysconf(Int32(_SC_CLK_TCK)))
        at = bench_now()
    }

    /// How much of one processor others have used since, percent, when the run itself has used so many nanoseconds.
    func othersPercent(since start: MachineTime, own nanoseconds: UInt64) -> Double {
        let others = busySeconds - start.busySeconds - Double(nanoseconds) / 1e9
        return max(0, others) / (Double(at - start.at) / 1e9) * 100
    }
}
