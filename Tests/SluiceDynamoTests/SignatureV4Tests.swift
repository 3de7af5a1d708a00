import SluiceProtocol
import Testing

@testable import SluiceDynamo

/// The signature against AWS's own vectors, step by step.
@Suite struct SignatureV4Tests {
    @Test func allVectorsAreThere() throws {
        #expect(try SigningVector.all().count == 38)
    }

    @Test(arguments: try SigningVector.all())
    func signsAsAWSDoes(_ vector: SigningVector) throws {
        var signature = SignatureV4(region: vector.region, service: vector.service)
        let canonical = vector.request.canonical.text
        #expect(canonical == vector.canonicalRequest)
        let stringToSign = signature.stringToSign(canonical, at: vector.time)
        #expect(stringToSign == vector.stringToSign)
        #expect(signature.signature(of: stringToSign, vector.credentials, at: vector.time) == vector.signature)
        #expect(signature.authorization(vector.request, vector.credentials, at: vector.time) == vector.authorization)
    }

    /// The kept key is that of this secret and this day, whatever was signed before.
    @Test func keepsTheKeyOfOneSecretAndOneDay() throws {
        let vector = try #require(try SigningVector.all().first { $0.name == "post-vanilla" })
        var signature = SignatureV4(region: vector.region, service: vector.service)
        let other = AWSCredentials(accessKeyID: "AKIDOTHER", secretAccessKey: "another")
        let nextDay = try #require(Timestamp(text: "2015-08-31T12:36:00Z"))
        let first = signature.authorization(vector.request, vector.credentials, at: vector.time)
        let ofAnother = signature.authorization(vector.request, other, at: vector.time)
        let ofAnotherDay = signature.authorization(vector.request, vector.credentials, at: nextDay)
        #expect(Set([first, ofAnother, ofAnotherDay]).count == 3)
        #expect(signature.authorization(vector.request, vector.credentials, at: vector.time) == vector.authorization)
    }
}
