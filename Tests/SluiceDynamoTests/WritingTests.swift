import SluiceBackend
import SluiceProtocol
import SluiceTesting
import Testing

@testable import SluiceDynamo

/// Writes, and which requests they are, through a proxy before a server that speaks DynamoDB's protocol.
@Suite(.serialized) struct WritingTests {
    private func on(
        _ product: DynamoEmulator, _ definition: RecordValue,
        _ body: @escaping @Sendable (FaultProxy, (RepositoryOperation) throws -> OperationResult) throws -> Void
    ) async throws {
        let emulator = try await product.started()
        let proxy = try FaultProxy(before: emulator.port)
        try await SluiceTesting.blocking {
            let properties = ["endpoint": proxy.url, "awsRegion": "us-east-1", "AWSSecretKeyID": "test", "AWSSecretAccessKey": "test"]
            let backend = try DynamoBackend(properties: properties, connections: 1, limits: Limits())
            let connection = try backend.openConnection(.readsAndWrites)
            var named = definition
            named["name"] = .string("writing-\(String(UInt64.random(in: 0 ... .max), radix: 36))")
            let deadline = MonotonicTime.now.advanced(milliseconds: 120_000)
            let repository = try connection.define(
                try RepositoryDefinition(try DefinitionFixture.structured(named)), deadline: deadline)
            try body(proxy) { try connection.execute([PendingOperation($0, deadline: deadline)], on: repository)[0].get() }
        }
        _ = emulator
    }

    private static func document(_ record: RecordValue) throws -> Document { try Document(validating: record.messagePack[...]) }

    /// With both an `id` and the key in the object, the record at the key is mostly the one.
    @Test(arguments: DynamoEmulator.allCases) func aRecordWithItsKeyIsFoundWithoutAScan(_ product: DynamoEmulator) async throws {
        try await on(product, ["hashKey": "code"]) { proxy, execute in
            let record = try Self.document(["id": "65a1b2c3d4e5f60718293a4b", "code": "a", "n": 1])
            _ = try execute(.create(record, isGenerated: false))
            _ = try execute(.upsert(record, isGenerated: false))
            _ = try execute(.replace(record))
            #expect(!proxy.passed.contains("Scan"), "\(proxy.passed)")
        }
    }

    /// Whether the first try was carried out, and its record changed since, nobody knows.
    @Test(arguments: DynamoEmulator.allCases) func aCollisionAfterALostAnswerIsUnknown(_ product: DynamoEmulator) async throws {
        try await on(product, ["customId": true]) { proxy, execute in
            _ = try execute(.create(try Self.document(["id": "a", "n": 1]), isGenerated: false))
            let other = try Self.document(["id": "a", "n": 2])
            let known = #expect(throws: SluiceError.self) { try execute(.create(other, isGenerated: false)) }
            #expect(known?.code == .alreadyExists && known?.isOutcomeKnown == true)
            proxy.next([.cutAfter], of: "PutItem")
            let unknown = #expect(throws: SluiceError.self) { try execute(.create(other, isGenerated: false)) }
            #expect(unknown?.code == .alreadyExists && unknown?.isOutcomeKnown == false)
            #expect(proxy.pendingFaults == 0)
        }
    }

    /// A range key is shorter than a hash key, in an index too.
    @Test func aRangeKeyOfAnIndexHasItsOwnBound() async throws {
        try await on(.roto, ["GSI": ["team": ["rangeKey": "name"]]]) { _, execute in
            for (count, limit) in [(1_024, nil), (1_025, "maxRangeKeyBytes")] as [(Int, String?)] {
                let record = try Self.document(["team": "x", "name": .string(String(repeating: "n", count: count))])
                let result = Result { try execute(.create(record, isGenerated: false)) }
                guard let limit else {
                    #expect(throws: Never.self) { try result.get() }
                    continue
                }
                let error = #expect(throws: SluiceError.self) { try result.get() }
                #expect(error?.code == .tooLarge && error?.details["limit"] == .string(limit))
            }
        }
    }
}
