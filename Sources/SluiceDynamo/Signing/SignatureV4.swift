import SluiceProtocol

/// AWS's Signature Version 4 in the header `authorization`
/// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). Keeps the signing key of the day.
/// A value; each `DynamoClient` has one.
struct SignatureV4 {
    private static let algorithm = "AWS4-HMAC-SHA256"

    let region: String
    let service: String
    private var key: SigningKey?

    init(region: String, service: String) {
        self.region = region
        self.service = service
    }

    /// A time as AWS writes it: `20150830T123600Z`.
    static func text(_ time: Timestamp) -> String { time.description.prefix(19).filter { $0 != "-" && $0 != ":" } + "Z" }

    /// The value of the header `authorization`.
    /// - Parameter time: the same as in the request's header `x-amz-date`.
    mutating func authorization(_ request: SignableRequest, _ credentials: AWSCredentials, at time: Timestamp) -> String {
        let (text, signedHeaders) = request.canonical
        let signature = signature(of: stringToSign(text, at: time), credentials, at: time)
        return "\(Self.algorithm) Credential=\(credentials.accessKeyID)/\(scope(at: time)), SignedHeaders=\(signedHeaders), "
            + "Signature=\(signature)"
    }

    /// What the signature is made of: the canonical request's digest, with time and scope.
    func stringToSign(_ canonicalRequest: String, at time: Timestamp) -> String {
        let digest = SHA256.hexadecimal(SHA256.digest(canonicalRequest.utf8))
        return "\(Self.algorithm)\n\(Self.text(time))\n\(scope(at: time))\n\(digest)"
    }

    /// The signature in hexadecimal digits.
    mutating func signature(of stringToSign: String, _ credentials: AWSCredentials, at time: Timestamp) -> String {
        SHA256.hexadecimal(SHA256.authenticate(stringToSign.utf8, key: signingKey(credentials, at: time)))
    }

    private func scope(at time: Timestamp) -> String { "\(day(time))/\(region)/\(service)/aws4_request" }

    private func day(_ time: Timestamp) -> Substring { Self.text(time).prefix(8) }

    /// One secret signs for a day in UTC, so its key is made once a day.
    private mutating func signingKey(_ credentials: AWSCredentials, at time: Timestamp) -> [UInt8] {
        let day = String(day(time))
        if let key, key.day == day, key.credentials == credentials { return key.bytes }
        let secret = Array("AWS4\(credentials.secretAccessKey)".utf8)
        let bytes = [day, region, service, "aws4_request"].reduce(secret) { SHA256.authenticate($1.utf8, key: $0) }
        key = SigningKey(day: day, credentials: credentials, bytes: bytes)
        return bytes
    }
}
