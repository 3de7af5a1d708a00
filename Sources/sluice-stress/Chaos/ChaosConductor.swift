import CBench
import Glibc

/// Does to a running load what the plan says, and notes what came of it. Belongs to one run, and is asked to look at the clock often.
final class ChaosConductor {
    private struct Harm {
        let action: ChaosAction
        let at: UInt64
        var restoredAt: UInt64?
        var mark: UInt32?
    }

    private let plan: ChaosPlan
    private let rig: Rig
    private let ledger: Ledger
    private let begins: UInt64
    private let ends: UInt64
    private var harms: [Harm] = []
    private var turn = 0

    /// - Parameters:
    ///   - begins: when the measured window begins, in `bench_now`'s time.
    ///   - ends: no action begins after this.
    init(_ plan: ChaosPlan, _ rig: Rig, _ ledger: Ledger, begins: UInt64, ends: UInt64) {
        self.plan = plan
        self.rig = rig
        self.ledger = ledger
        self.begins = begins
        self.ends = ends
    }

    /// Nothing is broken now.
    var isCalm: Bool { harms.last.map { $0.restoredAt != nil } ?? true }

    /// Does what is due now.
    func look(_ children: [ChildProcess]) throws {
        let now = bench_now()
        if let harm = harms.last, harm.restoredAt == nil {
            if now >= harm.at + UInt64(plan.outage * 1e9) { try restore() }
            return
        }
        try rig.requireDaemon()
        let next = begins + UInt64((Double(turn) + 0.5) * plan.period * 1e9)
        // What is begun is to have its outage and a while to recover within the window.
        guard now >= next, now + UInt64(plan.outage * 2e9) < ends else { return }
        let action = plan.action(turn)
        turn += 1
        if let action { try harm(action, children) }
    }

    /// Makes good what is still broken.
    func end() throws {
        if let harm = harms.last, harm.restoredAt == nil { try restore() }
    }

    private func harm(_ action: ChaosAction, _ children: [ChildProcess]) throws {
        harms.append(Harm(action: action, at: bench_now()))
        switch action {
        case .killDaemon: try rig.killDaemon()
        case .restartDaemon:
            try rig.endDaemon()
            try restore()
        case .pauseDaemon: rig.pauseDaemon()
        case .killBackend: rig.killBackend()
        case .restartBackend:
            rig.endBackend()
            try restore()
        case .pauseBackend: rig.pauseBackend()
        case .cutClients:
            for child in children { child.send(SIGUSR1) }
            noteRestored()
        }
    }

    private func restore() throws {
        switch harms[harms.count - 1].action {
        case .killDaemon, .restartDaemon: try rig.startDaemon()
        case .pauseDaemon: rig.resumeDaemon()
        case .killBackend, .restartBackend: try rig.startBackend()
        case .pauseBackend: rig.resumeBackend()
        case .cutClients: break
        }
        noteRestored()
    }

    private func noteRestored() {
        harms[harms.count - 1].restoredAt = bench_now()
        harms[harms.count - 1].mark = ledger.mark()
    }

    /// What was done, with the time until a success.
    var events: [ChaosEvent] {
        harms.compactMap { harm in
            guard let restoredAt = harm.restoredAt, let mark = harm.mark else { return nil }
            let success = ledger.firstSuccess(after: mark).map { max(0, Double($0) - Double(restoredAt)) / 1e9 }
            return ChaosEvent(
                action: harm.action, second: seconds(harm.at), restoredAtSecond: seconds(restoredAt), recoverySeconds: success)
        }
    }

    private func seconds(_ time: UInt64) -> Double { (Double(time) - Double(begins)) / 1e9 }
}
