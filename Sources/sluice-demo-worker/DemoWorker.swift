import SluiceClient

/// Does one process's share of the demo, phase by phase, and holds every answer against the source. Owned by `DemoWorkerCommand`, whose
/// task alone uses it.
final class DemoWorker {
    let share: Share
    var report = PhaseReport()
    private let socket: String
    private var repositories: [Collection: Repository] = [:]

    init(share: Share, socket: String) {
        self.share = share
        self.socket = socket
    }

    /// Does a phase. An error ends it and is a failure of it.
    func perform(_ phase: String) async -> PhaseReport {
        report = PhaseReport()
        do {
            switch phase {
            case "connect": try await connect()
            case "load": try await load()
            case "query": try await query()
            case "update": try await update()
            case "delete": try await delete()
            default: report.fail("there is no phase '\(phase)'")
            }
        } catch {
            report.fail("\(phase): \(error)")
        }
        return report.shortened
    }

    private func connect() async throws {
        let client = try await timed { try await SluiceClient.connect(path: self.socket) }
        for collection in Collection.allCases {
            repositories[collection] = try await timed { try await client.defineRepository(collection.rawValue, collection.definition) }
        }
    }

    private func load() async throws {
        for collection in Collection.allCases {
            let repository = repository(collection)
            for record in share.records(collection) { compare(try await timed { try await repository.save(record) }, record, collection) }
        }
    }

    private func update() async throws {
        for collection in Collection.allCases {
            let repository = repository(collection)
            for (record, fields) in share.updated(collection) {
                let filter = try Filter.match(collection.key, record.text(collection.key))
                let found = try await timed { try await repository.save(fields, where: filter, as: Record.self) }
                compare(found, record.merging(fields) { $1 }, collection)
            }
        }
    }

    private func delete() async throws {
        let languages = repository(.languages)
        for record in share.extinct {
            let filter = try Filter.match("alpha_3", record.text("alpha_3"))
            try await timed { try await languages.deleteOne(filter) }
        }
        if let record = share.extinct.first { try await expectGone(record) }
        if let country = share.droppedCountry {
            let filter = try codes(of: country)
            let subdivisions = repository(.subdivisions)
            let deleted = try await timed { try await subdivisions.deleteAll(filter) }
            expect(deleted, share.source.subdivisions.count { $0.country == Array(country.utf8) }, "subdivisions deleted of \(country)")
        }
    }

    private func expectGone(_ record: Record) async throws {
        let languages = repository(.languages)
        let filter = try Filter.match("alpha_3", record.text("alpha_3"))
        do {
            let _: Record = try await timed { try await languages.getOne(filter) }
            report.fail("languages \(record.text("alpha_3")): is there after it was deleted")
        } catch let error as SluiceError where error.code == .notFound {}
    }

    /// The repository; every phase but the first stands on the first.
    func repository(_ collection: Collection) -> Repository {
        guard let repository = repositories[collection] else { preconditionFailure("the phase 'connect' comes first") }
        return repository
    }

    /// The subdivisions of a country, by the range of their codes: `.` follows `-`.
    func codes(of country: String) throws -> Filter { try Filter().gte("code", country + "-").lt("code", country + ".") }

    /// Performs one request and notes how long it took.
    func timed<Result>(_ request: () async throws -> Result) async throws -> Result {
        let clock = ContinuousClock()
        let begun = clock.now
        defer { report.add(clock.now - begun) }
        return try await request()
    }

    func compare(_ found: Record, _ expected: Record, _ collection: Collection) {
        guard let difference = found.difference(from: expected) else { return }
        report.fail("\(collection) \(expected.text(collection.key)): \(difference)")
    }

    func expect(_ found: Int, _ expected: Int, _ what: String) {
        if found != expected { report.fail("\(what): \(found) instead of \(expected)") }
    }
}
