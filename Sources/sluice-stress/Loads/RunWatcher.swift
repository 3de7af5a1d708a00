import CBench
import Glibc

/// Stands beside a running load: shows how far it is, asks the daemon about itself each second, lets chaos happen. Belongs to one run.
final class RunWatcher {
    private let title: String
    private let socket: String?
    private let seconds: Double
    private let warmUp: Double
    private let ledger: Ledger?
    private let rig: Rig?
    private let progress: ProgressLine
    private(set) var samples: [DaemonSample] = []
    private(set) var events: [ChaosEvent] = []

    /// - Parameter socket: the daemon's, to be asked about itself; nil when there is none.
    init(
        _ title: String, socket: String?, seconds: Double, warmUp: Double, ledger: Ledger?, rig: Rig?, progress: ProgressLine
    ) {
        self.title = title
        self.socket = socket
        self.seconds = seconds
        self.warmUp = warmUp
        self.ledger = ledger
        self.rig = rig
        self.progress = progress
    }

    /// Comes back when the window is over or a process of the run has ended.
    func watch(_ children: [ChildProcess], _ plan: ChaosPlan) throws {
        let begins = bench_now() + UInt64(warmUp * 1e9)
        let ends = begins + UInt64(seconds * 1e9)
        var conductor: ChaosConductor?
        if let rig, let ledger, !plan.actions.isEmpty { conductor = ChaosConductor(plan, rig, ledger, begins: begins, ends: ends) }
        var nextSample = begins
        var now = bench_now()
        while now < ends && children.allSatisfy(\.isRunning) {
            try StressFailure.checkInterrupt()
            if now >= nextSample {
                nextSample += 1_000_000_000
                sample(at: (Double(now) - Double(begins)) / 1e9, isCalm: conductor?.isCalm ?? true)
            }
            try conductor?.look(children)
            usleep(10_000)
            now = bench_now()
        }
        try conductor?.end()
        events = conductor?.events ?? []
    }

    private func sample(at second: Double, isCalm: Bool) {
        let answered = ledger.map { "  \(NumberText.fixed(Double($0.answered), 0)) answered" } ?? ""
        progress.show("\(title)  \(NumberText.fixed(second, 0)) s of \(NumberText.fixed(seconds, 0)) s\(answered)")
        // A daemon that was just killed would be waited for.
        guard let socket, isCalm, let sample = DaemonSample(at: socket, second: second, usage: rig?.daemonUsage) else { return }
        samples.append(sample)
    }
}
