import FoundationEssentials
import SluiceClient
import Synchronization
import Testing

/// The Swift client against the daemon as it is built, on the embedded store.
@Suite struct SwiftClientLiveTests {
    private struct User: Codable, Equatable, Sendable {
        var id: String?
        var email: String
        var name: String
        var age: Int
        var seen: Date?
        var balance: Decimal?
        var picture: Data?
    }

    private static let definition: StructuredValue = [
        "name": "users", "indexes": ["age", ["fields": ["email"], "unique": true]], "GSI": ["name": [:]],
    ]

    private func started() async throws -> (DaemonProcess, SluiceClient) {
        let daemon = try await DaemonProcess.started()
        return (daemon, try await daemon.connected())
    }

    @Test func aRecordsLife() async throws {
        let (daemon, client) = try await started()
        defer { daemon.kill() }
        let users = try await client.defineRepository("users", Self.definition)
        #expect(users.description?.capabilities["uniqueId"] == true)
        var ann = User(
            email: "ann@example.org", name: "Ann", age: 41, seen: Date(timeIntervalSince1970: 1_700_000_000.678),
            balance: Decimal(string: "19.99"),
            picture: Data([0, 1, 255]))
        let stored = try await users.save(ann)
        ann.id = stored.id
        #expect(stored == ann)
        let id = try #require(ann.id)
        #expect(try await users.getOne(.match("id", id), as: User.self) == ann)
        #expect(try await users.save(["age": 42] as Record, where: .match("email", "ann@example.org"), as: User.self).age == 42)
        ann.name = "Anna"
        #expect(try await users.upsert(ann).name == "Anna")
        ann.picture = nil
        #expect(try await users.replace(ann) == ann)
        #expect(try await users.getOne(.match("id", id)).record["picture"] == nil)
        #expect(try await users.count() == 1)
        try await users.deleteOne(.match("id", id))
        let error = await #expect(throws: SluiceError.self) { try await users.getOne(.match("id", id), as: User.self) }
        #expect(error?.code == .notFound)
        #expect(error?.isOutcomeKnown == true)
    }

    @Test func errorsHaveTheirCodes() async throws {
        let (daemon, client) = try await started()
        defer { daemon.kill() }
        let undefined = await #expect(throws: SluiceError.self) { try await client.repository("nothing").count() }
        #expect(undefined?.code == .invalidInput)
        #expect(undefined?.reason == "undefinedRepository")
        let users = try await client.defineRepository("users", Self.definition)
        let conflict = await #expect(throws: SluiceError.self) {
            try await client.defineRepository("users", ["name": "users", "hashKey": "email"])
        }
        #expect(conflict?.reason == "definitionConflict")
        let unknownKey = await #expect(throws: SluiceError.self) { try await client.defineRepository("x", ["name": "x", "indices": []]) }
        #expect(unknownKey?.code == .invalidInput)
        try await users.save(User(email: "a@b", name: "A", age: 1))
        let collision = await #expect(throws: SluiceError.self) { try await users.save(User(email: "a@b", name: "B", age: 2)) }
        #expect(collision?.code == .alreadyExists)
        let careless = await #expect(throws: SluiceError.self) { try await users.deleteAll(Filter()) }
        #expect(careless?.code == .invalidInput)
        #expect(try await users.count() == 1)
    }

    @Test func filtersOrderAndPages() async throws {
        let (daemon, client) = try await started()
        defer { daemon.kill() }
        let users = try await client.defineRepository("users", Self.definition)
        let all = (0..<100).map { User(email: "\($0)@example.org", name: $0 % 2 == 0 ? "An%\($0)" : "Bo, \($0)", age: $0) }
        for outcome in try await users.saveMany(all) { _ = try outcome.get() }
        #expect(try await users.count(.match("name", "Bo, 7")) == 1)
        #expect(try await users.count(Filter().like("name", "An%%%")) == 50)
        #expect(try await users.count(Filter().gte("age", 90).lt("age", 95)) == 5)
        #expect(try await users.count(Filter().isIn("age", [1, 2, 200])) == 2)
        #expect(try await users.count(Filter().exists("seen", false)) == 100)
        let top = try await users.getAll(order: [.descending("age")], limit: 3, offset: 1, as: User.self)
        #expect(top.map(\.age) == [98, 97, 96])
        var walked: [Int] = []
        for try await user in try users.scan(Filter().lt("age", 95), order: [.ascending("age")], pageSize: 7, as: User.self) {
            walked.append(user.age)
        }
        #expect(walked == Array(0..<95))
        let first: Page<User> = try await users.getPage(order: [.ascending("age")], pageSize: 60)
        let second: Page<User> = try await users.getPage(order: [.ascending("age")], pageSize: 60, token: first.next)
        #expect(first.records.count == 60 && second.records.count == 40 && second.next == nil)
        #expect(try await users.deleteAll(Filter().lt("age", 50)) == 50)
        #expect(try await users.deleteAll(Filter(), all: true) == 50)
    }

    @Test func largeResultsComeInPartsAndWhole() async throws {
        let (daemon, client) = try await started()
        defer { daemon.kill() }
        let blobs = try await client.defineRepository("blobs", ["name": "blobs"])
        let blob = [UInt8](repeating: 0xab, count: 300_000)
        for number in 0..<70 { try await blobs.save(["n": .integer(Int64(number)), "blob": .binary(blob)] as Record) }
        // 21 MB: more than the longest frame.
        let all = try await blobs.getAll(as: Record.self)
        #expect(all.compactMap { $0["n"]?.integer }.sorted() == Array(0..<70))
        #expect(all.allSatisfy { $0["blob"] == .binary(blob) })
        // No index serves this order: the engine sorts for each part, and parts are larger than a frame of them.
        let sorted = try await blobs.getAll(order: [.descending("n")], as: Record.self)
        #expect(sorted.compactMap { $0["n"]?.integer } == (0..<70).reversed())
        #expect(sorted.allSatisfy { $0["blob"] == .binary(blob) })
    }

    @Test func whatTheDaemonSaysOfItself() async throws {
        let (daemon, client) = try await started()
        defer { daemon.kill() }
        #expect(client.welcome?.name == "sluice")
        #expect(client.welcome?.features.isSuperset(of: ["parts", "goingAway", "cancel", "pages"]) == true)
        #expect(client.welcome?.limits["maxInFlight"] == 128)
        #expect(try await client.backends()["configured"] != nil)
        if case .map = try await client.stats() {} else { #expect(Bool(false), "stats is no map") }
        _ = try await client.defineRepository("users", Self.definition)
        #expect(try await client.repositories().map(\.repository) == ["users"])
    }

    private final class Disturbance: Sendable {
        let isOver = Atomic(false)
        /// Records that were acknowledged so far.
        let saves = Atomic(0)
    }

    /// Creates records from eight tasks until the disturbance is over, and looks whether each is there once.
    private func create(while disturb: (DaemonProcess) async throws -> Void) async throws {
        let (daemon, client) = try await started()
        defer { daemon.kill() }
        let things = try await client.defineRepository("things", ["name": "things"])
        let disturbance = Disturbance()
        let saved = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for task in 0..<8 {
                group.addTask {
                    var saved: [Int64] = []
                    while !disturbance.isOver.load(ordering: .relaxed), saved.count < 100_000 {
                        let number = Int64(task * 100_000 + saved.count)
                        try await things.save(["n": .integer(number)] as Record)
                        saved.append(number)
                        disturbance.saves.add(1, ordering: .relaxed)
                    }
                    return saved
                }
            }
            for _ in 0..<3 {
                let before = disturbance.saves.load(ordering: .relaxed)
                try await eventually("progress") { disturbance.saves.load(ordering: .relaxed) > before + 20 }
                try await disturb(daemon)
            }
            disturbance.isOver.store(true, ordering: .relaxed)
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(saved.count > 60)
        let stored = try await things.getAll(as: Record.self).compactMap { $0["n"]?.integer }
        #expect(stored.sorted() == saved.sorted())
    }

    @Test func aRestartIsNotNoticed() async throws {
        try await create { try await $0.restart() }
    }

    @Test func createsSurviveAKillWithoutADuplicate() async throws {
        try await create { daemon in
            daemon.kill()
            try await daemon.start()
        }
    }

    @Test func withoutADaemonTheErrorSaysWhere() async throws {
        let (daemon, client) = try await started()
        try await client.ping()
        try await daemon.terminate()
        let error = await #expect(throws: SluiceError.self) { try await client.ping(deadline: .seconds(10)) }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains(daemon.socket) == true)
    }
}
