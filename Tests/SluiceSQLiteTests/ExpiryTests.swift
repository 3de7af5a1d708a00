import SluiceBackend
import SluiceProtocol
import Testing

@testable import SluiceSQLite

/// Time to live by a clock that the test sets.
@Suite struct ExpiryTests {
    @Test func recordsVanishWhenTheirTimeComesAndAreSweptInSteps() throws {
        let fixture = try SQLiteFixture()
        let items = try fixture.define(["name": "items", "enableTtl": true, "ttlAttribute": "created", "ttl": 60])
        func create(_ count: Int) throws {
            let objects = (0..<count).map { Document.record(["n": .integer(Int64($0))]) }
            _ = try fixture.run([.saveMany(objects, isGenerated: objects.map { _ in false })], on: items)[0].get()
        }
        try create(1_200)
        fixture.clock.advance(seconds: 30)
        try create(5)
        // Created at .678 of a second, stored in whole seconds: gone 60 s after that.
        fixture.clock.advance(seconds: 29)
        #expect(try fixture.count(on: items) == 1_205)
        #expect(try fixture.writing.deleteExpired(items) == 0)
        fixture.clock.advance(seconds: 1)
        #expect(try fixture.count(on: items) == 5)
        #expect(try (0..<4).map { _ in try fixture.writing.deleteExpired(items) } == [500, 500, 200, 0])
        #expect(try fixture.rows("SELECT count(*) FROM items") == ["5"])
        fixture.clock.advance(seconds: 3_600)
        #expect(try fixture.writing.deleteExpired(items) == 5)
    }

    @Test func aRecordWithoutTheAttributeNeverExpires() throws {
        let fixture = try SQLiteFixture()
        let items = try fixture.define(["name": "items", "enableTtl": true, "ttlAttribute": "created", "ttl": 60])
        try fixture.writing.database.execute(
            "INSERT INTO items (id, body) VALUES ('000000000000000000000001', '{\"id\":\"000000000000000000000001\"}')")
        fixture.clock.advance(seconds: 1_000_000)
        #expect(try fixture.count(on: items) == 1)
        #expect(try fixture.writing.deleteExpired(items) == 0)
    }

    @Test func aLifeOfHugeLengthDoesNotOverflow() throws {
        let fixture = try SQLiteFixture()
        let items = try fixture.define(["name": "items", "enableTtl": true, "ttlAttribute": "created", "ttl": .integer(.max)])
        _ = try fixture.run([.create(.record(["n": .integer(1)]), isGenerated: false)], on: items)[0].get()
        #expect(try fixture.count(on: items) == 1)
    }

    @Test func repositoriesWithoutATimeToLiveAreNotSwept() throws {
        let fixture = try SQLiteFixture()
        #expect(try fixture.writing.deleteExpired(try fixture.define(["name": "items"])) == 0)
    }
}
