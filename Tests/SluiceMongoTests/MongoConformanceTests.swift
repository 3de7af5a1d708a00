import SluiceBackend
import SluiceProtocol
import SluiceTesting
import Synchronization
import Testing

@testable import SluiceMongo

/// What every engine must do, on real servers that speak MongoDB's protocol. One case at a time: the servers take a thousand connections.
@Suite(.serialized) struct MongoConformanceTests {
    @Test(arguments: EngineServer.mongodb, ConformanceSuite.cases)
    func conformance(_ server: EngineServer, _ conformanceCase: ConformanceCase) async throws {
        let address = try await server.address()
        try await blocking { try conformanceCase.run(on: try Self.backend(address), server: server.description) }
    }

    private static let backends = Mutex<[String: MongoBackend]>([:])

    /// One for all cases on a server: a pool takes its time to end.
    private static func backend(_ address: String) throws -> MongoBackend {
        try backends.withLock { backends in
            if let backend = backends[address] { return backend }
            let backend = try MongoBackend(properties: ["host": address, "database": "conformance"], connections: 32, limits: Limits())
            backends[address] = backend
            return backend
        }
    }
}
