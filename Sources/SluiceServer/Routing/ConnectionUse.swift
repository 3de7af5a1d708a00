/// How long a repository has kept connections of its backend busy, for `RepositoryTurns`. A value without a clock, owned by its
/// `Repository`.
struct ConnectionUse {
    /// How large the repository's share is, beside others.
    let weight: UInt64
    /// Nanoseconds divided by the weight.
    private(set) var total: UInt64 = 0
    private var lastRead: UInt64 = 100_000
    private var lastWrite: UInt64 = 100_000

    init(weight: Int) { self.weight = UInt64(weight) }

    /// A batch begins. What the last one took is charged at once, so that one repository does not get every idle connection while others
    /// wait.
    /// - Returns: the charge, which is wanted back when the batch ends.
    mutating func begin(isWrite: Bool) -> UInt64 {
        let charge = isWrite ? lastWrite : lastRead
        total += charge / weight
        return charge
    }

    /// A batch has ended: it counts for what it took.
    mutating func end(isWrite: Bool, charge: UInt64, took nanoseconds: UInt64) {
        if isWrite { lastWrite = nanoseconds } else { lastRead = nanoseconds }
        total += nanoseconds / weight
        total -= min(total, charge / weight)
    }

    /// A definition has ended: its time counts too.
    mutating func add(_ nanoseconds: UInt64) { total += nanoseconds / weight }

    /// Forgets what was not used: a share cannot be saved up.
    mutating func catchUp(with others: UInt64) { total = max(total, others) }
}
