/// What is to be done, in turn, and how often.
struct ChaosPlan {
    let actions: [ChaosAction]
    /// From one action to the next, seconds, the first after half of it.
    let period: Double
    /// How long what was killed stays away, and what was paused stays paused, seconds.
    let outage: Double
    /// How long the daemon is left alive before an action ends it, seconds, so that what it gathers can be seen; nil: until such an action
    /// has its turn.
    var life: Double?

    /// The action of this turn, counted from 0; nil when nothing is to be done in it.
    func action(_ turn: Int) -> ChaosAction? {
        guard let life else { return actions.isEmpty ? nil : actions[turn % actions.count] }
        let (deadly, gentle) = (actions.filter(\.endsDaemon), actions.filter { !$0.endsDaemon })
        let turnsOfLife = max(1, Int((life / period).rounded()))
        if !deadly.isEmpty, (turn + 1) % turnsOfLife == 0 { return deadly[((turn + 1) / turnsOfLife - 1) % deadly.count] }
        return gentle.isEmpty ? nil : gentle[turn % gentle.count]
    }
}
