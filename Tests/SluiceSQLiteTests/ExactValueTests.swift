import SluiceBackend
import SluiceProtocol
import SluiceTesting
import Testing

@testable import SluiceSQLite

/// Every value comes back bit by bit, and is found by itself.
@Suite struct ExactValueTests {
    @Test func randomFloats() throws {
        let fixture = try SQLiteFixture()
        let items = try fixture.define(["name": "items", "indexes": ["v"]])
        var random = SystemRandomNumberGenerator()
        for _ in 0..<100 {
            let floats = (0..<1_000).map { _ in RandomRecord.float(using: &random) }
            let objects = floats.map { Document.record(["v": .float($0), "w": .float($0)]) }
            guard
                case .outcomes(let outcomes) = try fixture.run([.saveMany(objects, isGenerated: objects.map { _ in false })], on: items)[0]
                    .get()
            else { return }
            // By the index, of which each value is its own key, and then by the text of that record.
            let reads = try zip(floats, outcomes).map { float, outcome in
                RepositoryOperation.getOne(
                    Filter([
                        .on("v", .equal(.float(float))), .on("w", .equal(.float(float))),
                        .on("id", .equal(try outcome.get()[name: "id"].comparable!)),
                    ]))
            }
            for (float, result) in zip(floats, fixture.run(reads, on: items)) {
                guard case .record(let record) = try result.get(), case .scalar(.float(let found)) = record[name: "v"],
                    found.bitPattern == float.bitPattern
                else {
                    Issue.record("\(float) (\(String(float.bitPattern, radix: 16))) is not itself: \(result)")
                    continue
                }
            }
        }
    }

    @Test func randomRecords() throws {
        let fixture = try SQLiteFixture()
        let items = try fixture.define(["name": "items", "indexes": ["a", "b.a", ["fields": ["a.b", "c d"]]]])
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let record = RandomRecord.map(depth: 4, using: &random)
            let document = try Document(validating: record.messagePack[...])
            guard case .record(let stored) = try fixture.run([.create(document, isGenerated: false)], on: items)[0].get() else { return }
            let id = try #require(stored[name: "id"].comparable)
            guard case .record(let read) = try fixture.run([.getOne(Filter([.on("id", .equal(id))]))], on: items)[0].get() else { return }
            // What the create answered is what a read gives, and both are what came.
            #expect(try RecordValue(read) == RecordValue(stored))
            var expected = record
            expected["id"] = try RecordValue(stored).id
            #expect(try RecordValue(read) == expected)
            for path in RandomRecord.paths {
                guard let operand = document[try FieldPath(path)].comparable else { continue }
                #expect(try fixture.count([.on("id", .equal(id)), .on(path, .equal(operand))], on: items) == 1, "\(path) in \(record)")
            }
        }
    }

    @Test func orderIsTheSameWithAndWithoutAColumn() throws {
        let fixture = try SQLiteFixture()
        let items = try fixture.define(["name": "items", "indexes": ["v"]])
        var random = SystemRandomNumberGenerator()
        let objects = try (0..<500).map { _ in
            let value = RandomRecord.value(depth: 2, using: &random)
            return try Document(validating: (["v": value, "w": value] as RecordValue).messagePack[...])
        }
        _ = try fixture.run([.saveMany(objects, isGenerated: objects.map { _ in false })], on: items)[0].get()
        func page(_ order: String) throws -> [UInt8] {
            guard case .page(let page) = try fixture.run([.getAll(RecordQuery(order: [.by(order)]))], on: items)[0].get() else { return [] }
            #expect(page.count == 500)
            return page.bytes
        }
        #expect(try page("v") == page("w"))
        #expect(try page("-v") == page("-w"))
    }
}
