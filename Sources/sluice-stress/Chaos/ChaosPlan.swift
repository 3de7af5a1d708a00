/// What is to be done, in turn, and how often.
struct ChaosPlan {
    let actions: [ChaosAction]
    /// From one action to the next, seconds, the first after half of it.
    let period: Double
    /// How long what was killed stays away, and what was paused stays paused, seconds.
    let outage: Double
}
