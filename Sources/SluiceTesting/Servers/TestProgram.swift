/// A server program of another project that `scripts/test-servers` installs.
public enum TestProgram: String, Sendable, CaseIterable {
    /// SecantusDB, which speaks MongoDB's protocol, as a standalone server.
    case secantusdb
    /// SecantusDB as a replica set of one.
    case secantusdbReplicaSet = "secantusdb-replica-set"
    /// roto, which speaks DynamoDB's.
    case roto
    /// moto, the reference emulator of DynamoDB.
    case moto

    /// How to start it on a port of 127.0.0.1.
    /// - Parameters:
    ///   - bin: where the programs are.
    ///   - folder: for its data.
    func command(bin: String, folder: String, port: UInt16) -> [String] {
        let data = folder + "/data"
        return switch self {
        case .secantusdb: ["\(bin)/secantusd-py", "--port", "\(port)", "--storage-path", data, "--cache-size", "128M", "--standalone"]
        case .secantusdbReplicaSet: ["\(bin)/secantusd-py", "--port", "\(port)", "--storage-path", data, "--cache-size", "128M"]
        case .roto: ["\(bin)/roto-server", "--port", "\(port)", "--data-dir", data]
        case .moto: ["\(bin)/moto_server", "-H", "127.0.0.1", "-p", "\(port)"]
        }
    }

    /// A request that it answers as soon as it serves: MongoDB's `hello` as an OP_MSG
    /// (https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/), or anything over HTTP.
    var greeting: [UInt8] {
        switch self {
        case .secantusdb, .secantusdbReplicaSet:
            let body: [UInt8] =
                [31, 0, 0, 0, 0x10] + Array("hello\0".utf8) + [1, 0, 0, 0, 0x02] + Array("$db\0".utf8) + [6, 0, 0, 0]
                + Array("admin\0".utf8) + [0]
            return [UInt8(21 + body.count), 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xdd, 0x07, 0, 0, 0, 0, 0, 0, 0] + body
        case .roto, .moto: return Array("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
        }
    }
}
