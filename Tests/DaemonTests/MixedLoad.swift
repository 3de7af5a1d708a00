import SluiceClient
import Synchronization

/// Tasks on several connections that do everything a client can, refusals included, and leave no record behind. Owned by the test.
final class MixedLoad: Sendable {
    /// What a task does in one turn.
    static let requestsPerTurn = 15 + readsPerTurn
    /// Point reads at once: most of what services ask for, and what shares round trips.
    private static let readsPerTurn = 60
    private static let clients = 4
    private static let tasksPerClient = 12

    private let daemon: DaemonProcess
    private let turns: Int
    private let begun = Atomic(0)
    private let finished = Atomic(0)

    /// - Parameter requests: how many in all, rounded up to whole turns.
    init(on daemon: DaemonProcess, requests: Int) {
        self.daemon = daemon
        turns = (requests + Self.requestsPerTurn - 1) / Self.requestsPerTurn
    }

    /// How many requests are to be answered in all.
    var requests: Int { turns * Self.requestsPerTurn }

    /// Runs all of it.
    /// - Parameter observe: called after each turn, by whatever task had it, with how many requests have been answered.
    /// - Throws: what no engine may answer.
    func run(_ observe: @escaping @Sendable (_ answered: Int) -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.clients {
                let client = try await daemon.connected(options: ClientOptions(deadline: .seconds(60)))
                let things = try await client.defineRepository(
                    "things", ["name": "things-memory", "hashKey": "key", "GSI": ["group": [:]]])
                for _ in 0..<Self.tasksPerClient { group.addTask { try await self.work(on: things, observe) } }
            }
            try await group.waitForAll()
        }
    }

    private func work(on things: Repository, _ observe: @Sendable (Int) -> Void) async throws {
        while case let number = begun.add(1, ordering: .relaxed).oldValue, number < turns {
            try await turn(number, on: things)
            observe(finished.add(1, ordering: .relaxed).newValue * Self.requestsPerTurn)
        }
    }

    private func turn(_ number: Int, on things: Repository) async throws {
        let (key, group) = ("k\(number)", "g\(number)")
        let thing: Record = [
            "key": .string(key), "group": .string(group), "n": .integer(Int64(number)), "text": .string(String(repeating: key, count: 20)),
            "list": [1, "two", 3.5, nil, true], "map": ["a": ["b": .string(key)]],
        ]
        let stored = try await things.save(thing)
        guard case .string(let id)? = stored["id"] else { throw Failure("a record without an id") }
        let (byKey, inGroup) = (try Filter.match("key", key), try Filter.match("group", group))
        _ = try await things.getOne(byKey)
        _ = try await things.getOne(try Filter.match("id", id))
        _ = try await things.save(["n": 1] as Record, where: byKey, as: Record.self)
        try await things.upsert(["key": .string(key), "n": 2] as Record)
        try await things.replace(thing)
        let more = (0..<3).map { ["key": .string("\(key)-\($0)"), "group": .string(group), "n": .integer(Int64($0))] as Record }
        for outcome in try await things.saveMany(more) { _ = try outcome.get() }
        try await withThrowingTaskGroup(of: Void.self) { reads in
            for number in 0..<Self.readsPerTurn {
                let filter = try number == 0 ? Filter.match("id", id) : Filter.match("key", "\(key)-\(number % 3)")
                reads.addTask { _ = try await things.getOne(filter) }
            }
            try await reads.waitForAll()
        }
        _ = try await things.count(inGroup)
        let sorted = try await things.getAll(inGroup, order: [SortField(try FieldPath("n"))], limit: 10)
        guard sorted.count <= 4 else { throw Failure("records that belong to others") }
        try await refused(.alreadyExists) { _ = try await things.save(["key": .string(key)] as Record) }
        try await refused(.notFound) { _ = try await things.getOne(try Filter.match("key", "nobody")) }
        try await refused(.invalidInput) { _ = try await things.save(["key": "another"] as Record, where: byKey, as: Record.self) }
        try await refused(.invalidInput) { _ = try await things.getAll(try Filter.match("a..b", 1)) }
        try await things.deleteOne(byKey)
        _ = try await things.deleteAll(inGroup)
    }

    private func refused(_ code: ErrorCode, _ body: () async throws -> Void) async throws {
        do { try await body() } catch let error as SluiceError where error.code == code { return }
        throw Failure("\(code) was expected")
    }
}
