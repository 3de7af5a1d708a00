import SluiceBackend
import SluiceProtocol
import SluiceTesting
import Synchronization
import Testing

@testable import SluiceDynamo

/// What every engine must do, on real servers that speak DynamoDB's protocol. One case at a time: roto has one lock for all.
@Suite(.serialized) struct DynamoConformanceTests {
    @Test(arguments: EngineServer.dynamodb, ConformanceSuite.cases)
    func conformance(_ server: EngineServer, _ conformanceCase: ConformanceCase) async throws {
        let address = try await server.address()
        try await SluiceTesting.blocking { try conformanceCase.run(on: try Self.backend(address), server: server.description) }
    }

    private static let backends = Mutex<[String: DynamoBackend]>([:])

    /// One for all cases on a server.
    private static func backend(_ address: String) throws -> DynamoBackend {
        try backends.withLock { backends in
            if let backend = backends[address] { return backend }
            var properties = ["endpoint": address, "awsRegion": "us-east-1"]
            // A real product's credentials come from where AWS's SDKs look for them.
            if address.contains("127.0.0.1") { properties.merge(["AWSSecretKeyID": "test", "AWSSecretAccessKey": "test"]) { $1 } }
            let backend = try DynamoBackend(properties: properties, connections: 4, limits: Limits())
            backends[address] = backend
            return backend
        }
    }
}
