import SluiceBackend
import SluiceProtocol
import Testing

@testable import SluiceSQLite

/// Reads stop at their deadline in the midst of their work; writes only before they change anything.
@Suite struct DeadlineTests {
    private let fixture: SQLiteFixture
    private let items: DefinedRepository
    /// Conditions that take long for each record, and that none matches.
    private static let slow = Filter(
        (0..<60).map { .on("text", .like(LikePattern("%a%b%c%\($0)%".utf8))) } + [.on("text", .equal(.text("x")))])

    init() throws {
        fixture = try SQLiteFixture()
        items = try fixture.define(["name": "items", "indexes": ["n"]])
        let text = Scalar.text(String(repeating: "abc", count: 1_000) + (0..<60).map { "\($0)" }.joined())
        let objects = (0..<3_000).map { Document.record(["n": .integer(Int64($0)), "text": text]) }
        _ = try fixture.run([.saveMany(objects, isGenerated: objects.map { _ in false })], on: items)[0].get()
    }

    private struct NeverBegun: Error {}

    /// The error of an operation that SQLite broke off. On a machine that does much else a deadline may pass before the engine has begun;
    /// then the operation gets another.
    private func interruption(of operation: RepositoryOperation) throws -> SluiceError {
        for _ in 0..<100 {
            let deadline = MonotonicTime.now.advanced(milliseconds: 30)
            let error = try #require(throws: SluiceError.self) { try fixture.run([operation], on: items, deadline: deadline)[0].get() }
            #expect(error.code == .deadlineExceeded && error.isOutcomeKnown, "\(error)")
            if error.details["reason"] == .string("deadline") { return error }
        }
        throw NeverBegun()
    }

    @Test func readsAreInterrupted() throws {
        for operation in [RepositoryOperation.count(Self.slow), .getAll(RecordQuery(filter: Self.slow)), .getOne(Self.slow)] {
            _ = try interruption(of: operation)
        }
        // The connection goes on as before.
        #expect(try fixture.count([.on("n", .equal(.integer(5)))], on: items) == 1)
    }

    @Test func aWriteThatOnlyLooksIsInterruptedAndTakesNoOtherWithIt() throws {
        let update = RepositoryOperation.update(.record(["v": .integer(1)]), Self.slow)
        let start = MonotonicTime.now
        let operations = [
            PendingOperation(.create(.record(["made": .boolean(true)]), isGenerated: false), deadline: .distantFuture),
            PendingOperation(update, deadline: start.advanced(milliseconds: 100)),
            PendingOperation(.deleteOne(Self.slow), deadline: start.advanced(milliseconds: 200)),
        ]
        var results = fixture.writing.execute(operations, on: items)
        if results.count < operations.count { results += fixture.writing.execute(Array(operations[results.count...]), on: items) }
        _ = try results[0].get()
        for result in results[1...] { #expect(try #require(throws: SluiceError.self) { try result.get() }.code == .deadlineExceeded) }
        #expect(try fixture.count([.on("made", .equal(.boolean(true)))], on: items) == 1)
    }

    @Test func nobodyWaitsForTheScansOfOthersBeforeHisOwnAnswer() throws {
        let slow = Filter(Array(Self.slow.conditions.suffix(20)))
        let scans = [RepositoryOperation.getOne(slow), .deleteOne(slow), .update(.record(["v": .integer(1)]), slow)]
        for scan in scans { #expect(fixture.run([scan, scan, scan], on: items).count == 1) }
    }

    @Test func deleteAllSaysHowManyWent() throws {
        #expect(try interruption(of: .deleteAll(Self.slow)).details["deleted"] == .integer(0))
    }

    @Test func deleteAllThatFailsInTheMidstKeepsWhatWentBefore() throws {
        try fixture.writing.database.execute(
            "CREATE TRIGGER stop BEFORE DELETE ON items WHEN old.\"k:n\" = 2500 BEGIN SELECT RAISE(ABORT, 'stopped'); END")
        let error = try #require(throws: SluiceError.self) { try fixture.run([.deleteAll(Filter())], on: items)[0].get() }
        #expect(error.details["deleted"] == .integer(2_000) && error.isOutcomeKnown && error.message.contains("2000"), "\(error)")
        #expect(try fixture.count(on: items) == 1_000)
        #expect(try fixture.count([.on("n", .ordered(.gte, .integer(2_000)))], on: items) == 1_000)
        try fixture.writing.database.execute("DROP TRIGGER stop")
        guard case .count(1_000) = try fixture.run([.deleteAll(Filter())], on: items)[0].get() else { return #expect(Bool(false)) }
    }
}
