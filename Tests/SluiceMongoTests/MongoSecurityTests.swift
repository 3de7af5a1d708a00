import Glibc
import SluiceProtocol
import SluiceTesting
import Testing

@testable import SluiceMongo

/// Users, passwords and TLS, against a real server that asks for them.
@Suite struct MongoSecurityTests {
    /// Whether a ping over a connection with these settings is answered.
    private static func ping(_ host: String, user: String? = nil, password: String? = nil) throws(SluiceError) {
        var properties = ["host": host, "database": "security"]
        properties["user"] = user
        properties["pass"] = password
        _ = try MongoBackend(properties: properties, connections: 1, limits: Limits()).openConnection(.readsAndWrites)
    }

    /// A bare `host:port` gives a server two seconds, which a busy machine may need: nothing is wrong before it has failed again and again.
    private static func pingPatiently(_ host: String, user: String, password: String) throws(SluiceError) {
        for _ in 0..<20 {
            guard let error = failure({ () throws(SluiceError) in try ping(host, user: user, password: password) }) else { return }
            guard error.code == .unavailable, !error.message.contains("'pass'") else { throw error }
        }
        try ping(host, user: user, password: password)
    }

    private static func failure(_ body: () throws(SluiceError) -> Void) -> SluiceError? {
        do throws(SluiceError) { try body() } catch { return error }
        return nil
    }

    @Test func aUserIsProvenByItsPassword() async throws {
        try await blocking {
            let folder = TemporaryFolder()
            defer { withExtendedLifetime(folder) {} }
            let storage = ["--storage-path", folder + "/store", "--sync-on-commit"]
            do {
                let open = try TestServer(.secantusdb, arguments: storage)
                try Self.createUser(at: open.address)
                open.send(SIGKILL)
                try open.waitForEnd()
            }
            let server = try TestServer(.secantusdb, arguments: storage + ["--auth"])
            let patient = "mongodb://\(server.address)/?\(EngineServer.patience)"
            try Self.ping(patient, user: "ann", password: "p@ss:/word")
            try Self.pingPatiently(server.address, user: "ann", password: "p@ss:/word")
            try Self.ping("mongodb://ann:p%40ss%3A%2Fword@\(server.address)/?authSource=admin&\(EngineServer.patience)")
            for (user, password) in [("ann", "wrong"), ("bo", "p@ss:/word")] {
                let error = try #require(Self.failure { () throws(SluiceError) in try Self.ping(patient, user: user, password: password) })
                #expect(error.code == .unavailable && error.message.contains("'pass'") && !error.message.contains(password))
            }
        }
    }

    private static func createUser(at address: String) throws {
        let pool = try MongoPool(
            MongoSettings(properties: ["host": "mongodb://\(address)/?\(EngineServer.patience)", "database": "admin"], connections: 1))
        let command = BSONWriter.document { writer in
            writer.string("createUser", "ann")
            writer.string("pwd", "p@ss:/word")
            writer.list("roles") { writer, index in writer.string(index.next(), "root") }
        }
        try MongoCollection(client: try pool.client(), database: "admin", name: "", readsPrimary: true).command(command, isWrite: true) {
            _ in
        }
    }

    @Test func aServerIsProvenByItsCertificate() async throws {
        try await blocking {
            let folder = TemporaryFolder()
            defer { withExtendedLifetime(folder) {} }
            let pair = try SelfSignedCertificate(name: "127.0.0.1", alternative: "IP:127.0.0.1", folder: folder.path)
            let server = try TestServer(
                .secantusdb, arguments: ["--tls-cert-file", pair.certificate, "--tls-key-file", pair.key], greeting: [])
            let trusted = "mongodb://\(server.address)/?tls=true&tlsCAFile=\(pair.certificate)"
            try Self.ping("\(trusted)&\(EngineServer.patience)")
            let stranger = try #require(Self.failure { () throws(SluiceError) in try Self.ping("mongodb://\(server.address)/?tls=true") })
            #expect(stranger.code == .unavailable)
        }
    }
}
