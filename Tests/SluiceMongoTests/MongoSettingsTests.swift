import CMongoC
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

    @Test func writesThatNobodyAcknowledgesAreRefused() {
        #expect {
            try MongoBackend(properties: ["host": "mongodb://h:1/?w=0", "database": "d"], connections: 1, limits: Limits())
        } throws: { error in
            (error as? SluiceError)?.code == .invalidInput && "\(error)".contains("w=0")
        }
    }

    /// The write concern is the majority's journal unless the URI says another, and the time for it is the URI's in any case.
    @Test(
        arguments: [
            ("", "majority", 0, true), ("?wtimeoutMS=500", "majority", 500, true), ("?journal=false", "majority", 0, false),
            ("?w=2&wtimeoutMS=500", "2", 500, false),
        ])
    func theWriteConcernIsTheMajoritys(_ options: String, _ tag: String, _ timeoutMilliseconds: Int32, _ isJournaled: Bool) throws {
        let address = try MongoAddress(
            MongoSettings(properties: ["host": "mongodb://h:1/\(options)", "database": "d"], connections: 1))
        address.withHandle { uri in
            let concern = mongoc_uri_get_write_concern(uri)
            #expect(mongoc_write_concern_get_wtimeout(concern) == timeoutMilliseconds)
            #expect(mongoc_write_concern_get_journal(concern) == isJournaled)
            if tag == "majority" {
                #expect(mongoc_write_concern_get_wmajority(concern))
            } else {
                #expect(mongoc_write_concern_get_w(concern) == Int32(tag))
            }
        }
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
