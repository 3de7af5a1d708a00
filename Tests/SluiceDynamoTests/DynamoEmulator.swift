import Foundation

/// The servers that speak DynamoDB's protocol and run anywhere.
enum DynamoEmulator: String, CaseIterable, Sendable {
    case roto
    case moto

    /// Starts one for a test, empty.
    func started() async throws -> ServerProcess {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let folder = root.appendingPathComponent(".build-servers/bin").path
        return try await ServerProcess.started { port in
            switch self {
            case .roto: ["\(folder)/roto-server", "--port", "\(port)", "--ephemeral"]
            case .moto: ["\(folder)/moto_server", "-H", "127.0.0.1", "-p", "\(port)"]
            }
        }
    }
}
