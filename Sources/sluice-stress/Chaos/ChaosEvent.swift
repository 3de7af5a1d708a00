/// Something that was done to a run, and how it came out of it.
struct ChaosEvent: Codable {
    let action: ChaosAction
    /// When it was done, and when it was made good again, seconds from the begin of the window.
    let second: Double
    let restoredAtSecond: Double
    /// From then on until the first request that began later succeeded; nil when none did before the end.
    let recoverySeconds: Double?
}
