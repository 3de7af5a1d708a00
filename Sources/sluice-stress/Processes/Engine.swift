/// The engines that a run can start for itself, each with its server.
enum Engine: String, CaseIterable, Codable {
    case sqlite, mongodb, dynamodb

    /// The server program, as `scripts/test-servers` installs it; nil for the embedded engine.
    var program: String? {
        switch self {
        case .sqlite: nil
        case .mongodb: "secantusd-py"
        case .dynamodb: "roto-server"
        }
    }

    func arguments(port: UInt16, folder: String) -> [String] {
        switch self {
        case .sqlite: []
        case .mongodb: ["--port", "\(port)", "--storage-path", folder, "--standalone"]
        case .dynamodb: ["--port", "\(port)", "--data-dir", folder]
        }
    }

    /// The daemon's configuration for it, JSON.
    func configuration(port: UInt16, connections: Int?) -> String {
        let more = connections.map { #", "connections": \#($0)"# } ?? ""
        let info =
            switch self {
            case .sqlite: "{}"
            case .mongodb: #"{"host": "127.0.0.1:\#(port)", "database": "stress"}"#
            case .dynamodb:
                #"{"endpoint": "http://127.0.0.1:\#(port)", "awsRegion": "us-east-1", "#
                    + #""AWSSecretKeyID": "stress", "AWSSecretAccessKey": "stress"}"#
            }
        return #"{"database": {"dbName": "\#(rawValue)", "dbInfo": \#(info)\#(more)}}"#
    }

    /// Where a driver finds the same server without Sluice, as `bench_is_peer` has it.
    func place(port: UInt16, folder: String) -> String {
        switch self {
        case .sqlite: "sqlite:\(folder)/direct.sqlite"
        case .mongodb: "mongodb://127.0.0.1:\(port)/direct"
        case .dynamodb: "dynamodb+http://127.0.0.1:\(port)"
        }
    }
}
