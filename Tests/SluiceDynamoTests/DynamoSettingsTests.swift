import SluiceProtocol
import Testing

@testable import SluiceDynamo

/// What the configuration and the environment make of a backend.
@Suite struct DynamoSettingsTests {
    private static func settings(_ properties: [String: String], _ variables: [String: String] = [:]) throws -> DynamoSettings {
        try DynamoSettings(properties, connections: 4, environment: AWSEnvironment(variables))
    }

    /// The configuration of the contract, unchanged.
    @Test func keysOfOtherEnginesAreAccepted() throws {
        let settings = try Self.settings([
            "credentials": "/run/secrets/microkubes/aws-credentials", "endpoint": "http://dynamo:8000", "awsRegion": "us-east-1",
            "host": "mongo:27017", "database": "database-name", "user": "username", "pass": "password",
        ])
        #expect(settings == DynamoSettings(region: "us-east-1", endpoint: "http://dynamo:8000", connections: 4))
        #expect(try DynamoEndpoint(settings).host == "dynamo:8000")
    }

    @Test func theRegionMayStandInTheEnvironment() throws {
        let both = ["AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2"]
        #expect(try Self.settings(["awsRegion": "us-east-1"], both).region == "us-east-1")
        #expect(try Self.settings([:], both).region == "eu-west-1")
        #expect(try Self.settings([:], ["AWS_REGION": "", "AWS_DEFAULT_REGION": "eu-west-2"]).region == "eu-west-2")
        do {
            _ = try Self.settings([:])
            Issue.record("no region")
        } catch let error as SluiceError {
            #expect(error.code == .invalidInput && error.message.contains("awsRegion"))
        }
    }

    @Test(arguments: ["", "us east", "us-east-1.evil.example/", "US-EAST-1", "a@b", "a\r\nb"])
    func aRegionIsAName(_ region: String) {
        #expect(throws: SluiceError.self) { try Self.settings(["awsRegion": region]) }
    }

    @Test(arguments: [
        ("us-east-1", "dynamodb.us-east-1.amazonaws.com"), ("cn-north-1", "dynamodb.cn-north-1.amazonaws.com.cn"),
        ("us-gov-west-1", "dynamodb.us-gov-west-1.amazonaws.com"), ("us-iso-east-1", "dynamodb.us-iso-east-1.c2s.ic.gov"),
        ("us-isob-east-1", "dynamodb.us-isob-east-1.sc2s.sgov.gov"), ("eusc-de-east-1", "dynamodb.eusc-de-east-1.amazonaws.eu"),
    ])
    func awsHasAnEndpointForEachRegion(_ region: String, _ host: String) throws {
        let endpoint = DynamoEndpoint(region: region)
        #expect(endpoint.host == host && endpoint.url == "https://\(host)/" && endpoint.isAWS)
    }

    /// The signed header names the port unless it is the scheme's own, as libcurl sends it.
    @Test(arguments: [
        ("http://dynamo:8000", "dynamo:8000"), ("http://dynamo:80/", "dynamo"), ("https://dynamo:443", "dynamo"),
        ("https://dynamo:80", "dynamo:80"), ("http://[::1]:8000", "[::1]:8000"), ("http://127.0.0.1", "127.0.0.1"), ("http://A.b", "a.b"),
    ])
    func anEndpointHasAHost(_ url: String, _ host: String) throws {
        let endpoint = try DynamoEndpoint(url: url)
        #expect(endpoint.host == host && !endpoint.isAWS)
    }

    @Test(arguments: [
        "", "dynamo:8000", "ftp://dynamo", "http://", "http:///", "http://user:SECRETISH@dynamo", "http://dynamo/path",
        "http://dynamo?SECRETISH", "http://dynamo#x", "http://dy namo", "http://dynamo\r\nx: y", "HTTP://dynamo", "http://a\\b",
    ])
    func whatIsNoEndpointIsRefused(_ url: String) {
        do throws(SluiceError) {
            _ = try DynamoEndpoint(url: url)
            Issue.record("an endpoint")
        } catch {
            #expect(error.code == .invalidInput && !error.message.contains("SECRETISH"))
        }
    }
}
