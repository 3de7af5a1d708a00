import Glibc

/// What an engine is tested against: the servers of `TestProgram`, or a real one that the environment names.
public struct EngineServer: Sendable, CustomStringConvertible {
    /// What it is, as `KnownExceptions` names it.
    public let description: String
    private let open: @Sendable () async throws -> String

    /// MongoDB's: SecantusDB standalone and as a replica set, or what `SLUICE_TEST_MONGODB_URI` names. The address is a `host` setting.
    public static let mongodb = servers("mongodb", "SLUICE_TEST_MONGODB_URI", [.secantusdb, .secantusdbReplicaSet]) {
        "mongodb://\($0)/?\(patience)"
    }

    /// MongoDB's options for a server on a busy machine, which does not always answer within the two seconds that Sluice gives one.
    public static let patience = "serverSelectionTimeoutMS=60000&connectTimeoutMS=30000&socketTimeoutMS=60000&waitQueueTimeoutMS=60000"

    /// DynamoDB's: roto and moto, or what `SLUICE_TEST_DYNAMODB_ENDPOINT` names. The address is an `endpoint` setting.
    public static let dynamodb = servers("dynamodb", "SLUICE_TEST_DYNAMODB_ENDPOINT", [.roto, .moto]) { "http://" + $0 }

    /// Where it is; started now if nobody needed it before.
    /// - Throws: `TestServerFailure`.
    public func address() async throws -> String { try await open() }

    private static func servers(
        _ engine: String, _ variable: String, _ programs: [TestProgram], _ address: @escaping @Sendable (String) -> String
    ) -> [EngineServer] {
        if let place = getenv(variable).map({ String(cString: $0) }), !place.isEmpty {
            return [EngineServer(description: engine) { place }]
        }
        return programs.map { program in
            EngineServer(description: program.rawValue) { address(try await TestServer.shared(program).address) }
        }
    }
}
