/// Something that was done to a run, and how it came out of it.
struct ChaosEvent: Codable {
    let action: ChaosAction
    /// When it was done, and when it was made good again, seconds from the begin of the window.
    let second: Double
    let restoredAtSecond: Double
    /// From then on until the first request that began later succeeded; nil when none did before the end.
    let recoverySeconds: Double?

    /// What was done, and how long it took to come out of it.
    var sentence: String {
        let recovery = recoverySeconds.map { "first success \(RunReport.duration($0 * 1e6)) after it was made good" }
        return "\(action.rawValue) at \(NumberText.fixed(second, 1)) s, for \(NumberText.fixed(restoredAtSecond - second, 2)) s: "
            + (recovery ?? "NO SUCCESS after it")
    }
}
