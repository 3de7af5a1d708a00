import Testing

@testable import SluiceDynamo

@Suite struct DynamoSettingsTests {
    @Test func keepsWhatItIsGiven() {
        let settings = DynamoSettings(region: "us-east-1", endpoint: "http://127.0.0.1:8000", connections: 4)
        #expect(settings.region == "us-east-1" && settings.connections == 4)
    }
}
