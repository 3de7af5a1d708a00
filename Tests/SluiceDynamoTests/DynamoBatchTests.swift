import SluiceBackend
import SluiceProtocol
import SluiceTesting
import Testing

@testable import SluiceDynamo

/// What in one batch for DynamoDB could fail or hold up the others, and must not.
@Suite(.serialized) struct DynamoBatchTests {
    private static func filter(_ number: Int) -> Filter { Filter([Condition(.id, .equal(DefinitionFixture.text(RecordID.text(number))))]) }

    private static func document(_ record: RecordValue) throws -> Document { try Document(validating: record.messagePack[...]) }

    /// Runs a test on a new repository of `count` records behind a proxy.
    private func on(
        records count: Int, _ body: @escaping @Sendable (FaultProxy, any BackendConnection, DefinedRepository) throws -> Void
    ) async throws {
        let emulator = try await DynamoEmulator.roto.started()
        let proxy = try FaultProxy(before: emulator.port)
        try await SluiceTesting.blocking {
            let properties = ["endpoint": proxy.url, "awsRegion": "us-east-1", "AWSSecretKeyID": "test", "AWSSecretAccessKey": "test"]
            let backend = try DynamoBackend(properties: properties, connections: 1, limits: Limits())
            let connection = try backend.openConnection(.readsAndWrites)
            let deadline = MonotonicTime.now.advanced(milliseconds: 120_000)
            let name = "batches-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
            let repository = try connection.define(RepositoryDefinition(name: name), deadline: deadline)
            let creates = try (0..<count).map { number in
                let record = try Self.document(["id": .string(RecordID.text(number)), "n": .integer(Int64(number))])
                return PendingOperation(.create(record, isGenerated: true), deadline: deadline)
            }
            for result in connection.execute(creates, on: repository) { _ = try result.get() }
            try body(proxy, connection, repository)
        }
        _ = emulator
    }

    /// A hundred keys go in one request: of two, one is answered and one is not.
    @Test func aKeyThatIsThrottledFailsAlone() async throws {
        try await on(records: 150) { proxy, connection, repository in
            proxy.next([.unprocessed, .pass], of: "BatchGetItem")
            proxy.always(.throttle)
            let deadline = MonotonicTime.now.advanced(milliseconds: 120_000)
            // Every tenth is not there.
            let reads = (0..<150).map { PendingOperation(.getOne(Self.filter($0 % 10 == 0 ? $0 + 1_000 : $0)), deadline: deadline) }
            let results = connection.execute(reads, on: repository)
            #expect(results.count == 150)
            var counts: [ErrorCode?: Int] = [:]
            for result in results {
                do throws(SluiceError) {
                    _ = try result.get()
                    counts[nil, default: 0] += 1
                } catch {
                    counts[error.code, default: 0] += 1
                }
            }
            #expect([[nil: 90, .notFound: 10, .overloaded: 50], [nil: 45, .notFound: 5, .overloaded: 100]].contains(counts), "\(counts)")
        }
    }

    @Test func eachWriteHasItsOwnDeadline() async throws {
        try await on(records: 2) { proxy, connection, repository in
            proxy.next([.stall], of: "UpdateItem")
            let begun = MonotonicTime.now
            let update = RepositoryOperation.update(try Self.document(["n": 7]), Self.filter(0))
            let results = connection.execute(
                [
                    PendingOperation(update, deadline: begun.advanced(milliseconds: 2_000)),
                    PendingOperation(.deleteOne(Self.filter(1)), deadline: begun.advanced(milliseconds: 120_000)),
                ], on: repository)
            #expect(results.count == 2)
            #expect(try #require(throws: SluiceError.self) { try results[0].get() }.code == .deadlineExceeded)
            _ = try results[1].get()
            #expect(begun.advanced(milliseconds: 60_000) > .now, "one waited for the other's deadline")
        }
    }
}
