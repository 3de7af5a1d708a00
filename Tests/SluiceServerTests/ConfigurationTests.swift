import Foundation
import SluiceBackend
import SluiceProtocol
import Testing

@testable import SluiceServer

/// The configuration: precedence, the contract's file, and refusals that name the key.
@Suite struct ConfigurationTests {
    private let engines = [
        EngineDescription(name: "sqlite", requiredProperties: []) { _, _, _ throws(SluiceError) in
            throw SluiceError(.unsupported, "not made")
        }
    ]

    private func configuration(_ json: String, _ environment: [String: String] = [:]) throws -> Configuration {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("sluice-\(UUID().uuidString).json").path
        try json.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try Configuration(flags: .init(config: path), environment: environment, engines: engines)
    }

    private func refusal(_ json: String) -> String {
        do {
            _ = try configuration(json)
            return "accepted"
        } catch { return "\(error)" }
    }

    @Test func withoutAnythingItIsSQLite() throws {
        let configuration = try Configuration(
            flags: .init(), environment: ["XDG_RUNTIME_DIR": "/r", "XDG_STATE_HOME": "/s"], engines: engines)
        #expect(configuration.socket == "/r/sluice/sluice.sock")
        #expect(configuration.data == "/s/sluice")
        #expect(configuration.backends == [BackendConfiguration(name: "default", engine: "sqlite")])
    }

    @Test func flagsWinOverEnvironmentOverFile() throws {
        let json = #"{"sluice": {"socket": "/file", "data": "/filedata"}}"#
        #expect(try configuration(json).socket == "/file")
        #expect(try configuration(json, ["SLUICE_SOCKET": "/env"]).socket == "/env")
        let flags = Configuration.Flags(socket: "/flag")
        #expect(try Configuration(flags: flags, environment: ["SLUICE_SOCKET": "/env"], engines: engines).socket == "/flag")
    }

    @Test func foreignTopLevelKeysAreIgnored() throws {
        let configuration = try configuration(#"{"gateway": 5, "database": {"dbName": "sqlite", "dbInfo": {"host": "mongo:27017"}}}"#)
        #expect(configuration.ignoredKeys == ["gateway"])
    }

    @Test func whatIsWrongIsNamed() {
        #expect(refusal(#"{"database": {"dbName": "mongodb", "dbInfo": {}}}"#).contains("'mongodb' is not built in"))
        #expect(refusal(#"{"database": {"dbName": "sqlite", "dbInfo": {"hosts": "x"}}}"#).contains("database.dbInfo.hosts: unknown key"))
        #expect(refusal(#"{"database": {"dbName": 5}}"#).contains("database.dbName: expected a string, found an integer"))
        #expect(refusal(#"{"sluice": {"limits": {"maxInFlight": 0}}}"#).contains("sluice.limits.maxInFlight: expected an integer from 1"))
        #expect(refusal("{").contains("it is not JSON"))
        #expect(refusal(#"{"default": "x"}"#).contains("no backend 'x' is configured"))
    }

    @Test func batchingIsOnUnlessSaidOtherwise() throws {
        #expect(try configuration("{}").effective["batching"]?.boolean == true)
        #expect(try configuration(#"{"sluice": {"batching": false}}"#).effective["batching"]?.boolean == false)
        let flags = Configuration.Flags(noBatching: true)
        #expect(try !Configuration(flags: flags, environment: [:], engines: engines).isBatching)
        #expect(refusal(#"{"sluice": {"batching": "off"}}"#).contains("sluice.batching: expected true or false, found a string"))
    }

    @Test func weightsAreByRepository() throws {
        let configuration = try configuration(#"{"sluice": {"weights": {"users": 5, "things": 1000}}}"#)
        #expect(configuration.effective["weights"] == .map(["things": 1000, "users": 5]))
        #expect(refusal(#"{"sluice": {"weights": {"users": 0}}}"#).contains("sluice.weights.users: expected an integer from 1 to 1000"))
        #expect(refusal(#"{"sluice": {"weights": {"users": 1001}}}"#).contains("sluice.weights.users: expected an integer from 1 to 1000"))
        #expect(refusal(#"{"sluice": {"weights": {"": 1}}}"#).contains("sluice.weights: "))
        #expect(refusal(#"{"sluice": {"weights": [5]}}"#).contains("sluice.weights: expected an object"))
    }

    @Test func secretsAreHidden() throws {
        let json = #"""
            {"database": {"dbName": "sqlite",
                          "dbInfo": {"pass": "hunter2", "AWSSecretAccessKey": "hunter3", "host": "mongodb://u:hunter4@h/d"}}}
            """#
        let text = try configuration(json).effectiveJSON
        #expect(!text.contains("hunter"))
        #expect(text.contains("mongodb://u:***@h/d"))
    }
}
