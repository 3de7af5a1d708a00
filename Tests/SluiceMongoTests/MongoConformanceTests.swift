import SluiceBackend
import SluiceProtocol
import SluiceTesting
import Testing

@testable import SluiceMongo

/// What every engine must do, on real servers that speak MongoDB's protocol.
@Suite struct MongoConformanceTests {
    @Test(arguments: EngineServer.mongodb, ConformanceSuite.cases)
    func conformance(_ server: EngineServer, _ conformanceCase: ConformanceCase) async throws {
        let address = try await server.address()
        try await blocking {
            let backend = try MongoBackend(
                properties: ["host": address, "database": "conformance"], connections: 8, limits: Limits())
            try conformanceCase.run(on: backend, server: server.description)
        }
    }
}
