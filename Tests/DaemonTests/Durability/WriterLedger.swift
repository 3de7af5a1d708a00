/// What one writer knows of the records under its own keys: what was acknowledged, and what may or may not have happened. Owned by the
/// writer.
struct WriterLedger: Sendable {
    /// One request.
    struct Write: Sendable {
        enum Kind: Sendable, CaseIterable {
            case create, createMany, update, upsert, replace, delete
        }

        let kind: Kind
        /// What is to be stored; for a delete, what is there. Several only in `createMany`.
        let things: [Thing]
        /// The version that stands there before it; 0 for none.
        let before: Int
    }

    /// What the daemon said to a write, or did not.
    enum Outcome: Sendable {
        case acknowledged
        /// It is known not to have happened.
        case refused
        case unknown
    }

    /// What its keys start with.
    let name: String
    private var keyCount = 0
    /// Records that are there for certain.
    private var present: [Thing] = []
    /// Versions whose deletion was acknowledged, by key.
    private var deleted: [String: Int] = [:]
    /// Keys that are not touched again, so that later writes cover nothing up: the last was refused, or its outcome is unknown. One of
    /// these versions stands there, 0 for none.
    private var retired: [String: Set<Int>] = [:]
    private var random = SystemRandomNumberGenerator()

    init(_ name: String) { self.name = name }

    /// How many writes were not acknowledged.
    var troubledCount: Int { retired.count }

    /// How many outcomes are unknown.
    var unknownCount: Int { retired.values.count { $0.count > 1 } }

    /// Chooses a write; its keys are out of use until `note` has been called for each.
    mutating func next() -> Write {
        let kind = present.count < 5 ? .create : Write.Kind.allCases.randomElement(using: &random)!
        switch kind {
        case .create: return Write(kind: kind, things: [fresh()], before: 0)
        case .createMany: return Write(kind: kind, things: (0..<5).map { _ in fresh() }, before: 0)
        case .upsert where Bool.random(using: &random): return Write(kind: kind, things: [revived() ?? fresh()], before: 0)
        case .update, .upsert, .replace, .delete:
            let old = take()
            let thing = kind == .delete ? old : Thing(key: old.key, version: old.version + 1)
            return Write(kind: kind, things: [thing], before: old.version)
        }
    }

    private mutating func fresh() -> Thing {
        keyCount += 1
        return Thing(key: "\(name)-\(keyCount)", version: 1)
    }

    private mutating func revived() -> Thing? {
        guard let (key, version) = deleted.randomElement(using: &random) else { return nil }
        deleted[key] = nil
        return Thing(key: key, version: version + 1)
    }

    private mutating func take() -> Thing {
        present.swapAt(Int.random(in: present.indices, using: &random), present.count - 1)
        return present.removeLast()
    }

    /// Takes note of what became of one thing of a write.
    mutating func note(_ outcome: Outcome, of thing: Thing, in write: Write) {
        switch (outcome, write.kind) {
        case (.acknowledged, .delete): deleted[thing.key] = thing.version
        case (.acknowledged, _): present.append(thing)
        case (.refused, _): retired[thing.key] = [write.before]
        case (.unknown, .delete): retired[thing.key] = [write.before, 0]
        case (.unknown, _): retired[thing.key] = [write.before, thing.version]
        }
    }

    /// What is wrong with the records that are stored under this writer's keys, by key.
    func faults(in stored: [String: Thing]) -> [String] {
        var faults = present.filter { stored[$0.key] != $0 }.map { "\($0) was acknowledged, and \(found(stored[$0.key])) is there" }
        faults += deleted.keys.filter { stored[$0] != nil }.map { "\($0) was deleted, and \(found(stored[$0])) is there" }
        for (key, versions) in retired where !versions.contains(stored[key]?.version ?? 0) {
            faults.append("\(key) has one of the versions \(versions.sorted()), and \(found(stored[key])) is there")
        }
        let known = Set(present.map(\.key)).union(deleted.keys).union(retired.keys)
        faults += stored.keys.filter { $0.hasPrefix(name + "-") && !known.contains($0) }.map {
            "\($0) is there, and was never acknowledged"
        }
        return faults
    }

    private func found(_ thing: Thing?) -> String { thing.map { "version \($0.version)" } ?? "nothing" }

    /// How many of its keys are known to hold a record.
    var presentCount: Int { present.count }
}
