import Testing

@testable import SluiceMongo

@Suite struct MongoSettingsTests {
    @Test func keepsWhatItIsGiven() {
        let settings = MongoSettings(host: "mongo:27017", database: "users", user: "ann", password: "secret", connections: 4)
        #expect(settings.host == "mongo:27017" && settings.connections == 4)
    }
}
