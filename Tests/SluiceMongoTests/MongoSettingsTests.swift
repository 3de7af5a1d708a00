import SluiceProtocol
import Testing

@testable import SluiceMongo

/// What of a configuration is refused before anything is connected.
@Suite struct MongoSettingsTests {
    @Test func hostAndDatabaseAreNeeded() {
        #expect(throws: SluiceError.self) { try MongoSettings(properties: ["database": "d"], connections: 4) }
        #expect(throws: SluiceError.self) { try MongoSettings(properties: ["host": "h:1"], connections: 4) }
        #expect(throws: SluiceError.self) { try MongoSettings(properties: ["host": "h:1", "database": "a.b"], connections: 4) }
    }

    @Test func aPasswordIsInNoError() {
        for host in ["mongodb://ann:hunter2@", "mongodb://ann:hunter2@h:99999999/", "http://ann:hunter2@h/"] {
            do {
                _ = try MongoBackend(properties: ["host": host, "database": "d", "pass": "hunter2"], connections: 1, limits: Limits())
                Issue.record("'\(host)' was taken")
            } catch {
                #expect(error.code == .invalidInput && !error.message.contains("hunter2"))
            }
        }
    }
}
