/// A server program of another project that `scripts/test-servers` or, for PostgreSQL, `scripts/setup` installs.
public enum TestProgram: String, Sendable, CaseIterable {
    /// SecantusDB, which speaks MongoDB's protocol, as a standalone server.
    case secantusdb
    /// SecantusDB as a replica set of one.
    case secantusdbReplicaSet = "secantusdb-replica-set"
    /// roto, which speaks DynamoDB's.
    case roto
    /// moto, the reference emulator of DynamoDB.
    case moto
    /// PostgreSQL as Debian packages it, with a database `postgres` that the user `postgres` may use without a password.
    case postgresql

    /// Makes a cluster in the folder and serves it on the port. PostgreSQL refuses to run as root, so root becomes the package's user.
    private static let servingPostgreSQL = """
        set -e
        bin=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)
        mkdir -p "$1/data"
        as=
        if [ "$(id -u)" = 0 ]; then
            chmod 711 "$1"
            chown postgres "$1/data"
            as="runuser -u postgres --"
        fi
        cd /
        [ -e "$1/data/PG_VERSION" ] || $as "$bin/initdb" --no-sync --auth=trust --username=postgres -D "$1/data"
        exec $as "$bin/postgres" -D "$1/data" -p "$2" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off
        """

    /// How to start it on a port of 127.0.0.1.
    /// - Parameters:
    ///   - bin: where the programs are.
    ///   - folder: for its data.
    func command(bin: String, folder: String, port: UInt16) -> [String] {
        let data = folder + "/data"
        // With 128M it stopped for ever once: who waited for room in the cache held the lock that others needed to give some back.
        let secantusdb = ["\(bin)/secantusd-py", "--port", "\(port)", "--storage-path", data, "--cache-size", "512M"]
        return switch self {
        case .secantusdb: secantusdb + ["--standalone"]
        case .secantusdbReplicaSet: secantusdb
        case .roto: ["\(bin)/roto-server", "--port", "\(port)", "--data-dir", data]
        case .moto: ["\(bin)/moto_server", "-H", "127.0.0.1", "-p", "\(port)"]
        case .postgresql: ["/bin/sh", "-c", Self.servingPostgreSQL, "sh", folder, "\(port)"]
        }
    }

    /// A request that it answers as soon as it serves: MongoDB's `hello` as an OP_MSG
    /// (https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/), anything over HTTP, or PostgreSQL's SSLRequest
    /// (https://www.postgresql.org/docs/current/protocol-message-formats.html).
    var greeting: [UInt8] {
        switch self {
        case .secantusdb, .secantusdbReplicaSet:
            let body: [UInt8] =
                [31, 0, 0, 0, 0x10] + Array("hello\0".utf8) + [1, 0, 0, 0, 0x02] + Array("$db\0".utf8) + [6, 0, 0, 0]
                + Array("admin\0".utf8) + [0]
            return [UInt8(21 + body.count), 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xdd, 0x07, 0, 0, 0, 0, 0, 0, 0] + body
        case .postgresql: return [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]
        case .roto, .moto: return Array("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
        }
    }
}
