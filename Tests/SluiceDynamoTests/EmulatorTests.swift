import Testing

@testable import SluiceDynamo

/// The client against real servers that speak DynamoDB's protocol.
@Suite struct EmulatorTests {
    private static let table = """
        {"TableName":"things","KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],
        "AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST"}
        """

    @Test(arguments: DynamoEmulator.allCases)
    func storesAndReads(_ product: DynamoEmulator) async throws {
        let emulator = try await product.started()
        func put(_ id: Int) -> DynamoRequest {
            ClientFixture.request(
                "PutItem",
                #"{"TableName":"things","Item":{"id":{"S":"\#(id)"},"n":{"N":"\#(id)"}},"ConditionExpression":"attribute_not_exists(id)"}"#)
        }
        func get(_ id: Int) -> DynamoRequest {
            ClientFixture.request("GetItem", #"{"TableName":"things","Key":{"id":{"S":"\#(id)"}},"ConsistentRead":true}"#)
        }
        let rounds = try await ClientFixture.send(
            [[ClientFixture.request("CreateTable", Self.table)], (0..<20).map(put), (0..<20).map(get), [put(7)]], to: emulator.url)
        for result in rounds[0] + rounds[1] { #expect(throws: Never.self) { try result.get() } }
        for (id, result) in rounds[2].enumerated() {
            let body = String(decoding: try result.get().body, as: UTF8.self).filter { $0 != " " }
            #expect(body.contains(#""n":{"N":"\#(id)"}"#))
        }
        guard case .failure(let failure) = rounds[3][0] else { throw Unexpected("an item that was put twice") }
        #expect(failure.name == "ConditionalCheckFailedException" && failure.kind == .service)
        #expect(!failure.mayHaveHappened && failure.attempts == 1 && !failure.message.isEmpty && !failure.body.isEmpty)
    }
}
