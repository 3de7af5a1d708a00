import SluiceProtocol

/// Where DynamoDB is. A value made of the settings.
struct DynamoEndpoint: Sendable, Equatable {
    /// What requests go to.
    let url: String
    /// The header `host`: with the port unless it is the scheme's own.
    let host: String
    /// Whether it is AWS's own, which a proxy of the environment may lead to.
    let isAWS: Bool

    /// - Throws: `invalidInput` when the settings' endpoint is none.
    init(_ settings: DynamoSettings) throws(SluiceError) {
        if let url = settings.endpoint { try self.init(url: url) } else { self.init(region: settings.region) }
    }

    /// AWS's endpoint of a region, in the domain of the region's partition
    /// (https://github.com/boto/botocore/blob/develop/botocore/data/partitions.json).
    init(region: String) {
        let domains = [
            ("cn-", "amazonaws.com.cn"), ("us-iso-", "c2s.ic.gov"), ("us-isob-", "sc2s.sgov.gov"), ("us-isof-", "csp.hci.ic.gov"),
            ("eu-isoe-", "cloud.adc-e.uk"), ("eusc-", "amazonaws.eu"),
        ]
        let domain = domains.first { region.hasPrefix($0.0) }?.1 ?? "amazonaws.com"
        host = "dynamodb.\(region).\(domain)"
        url = "https://\(host)/"
        isAWS = true
    }

    /// `http://host:port` or `https://host`.
    /// - Throws: `invalidInput` for anything else; its text is not repeated, since a URL may hold a password.
    init(url text: String) throws(SluiceError) {
        let schemes = [("http://", ":80"), ("https://", ":443")]
        guard let (scheme, port) = schemes.first(where: { text.hasPrefix($0.0) }) else { throw Self.malformed }
        let rest = text.dropFirst(scheme.count)
        let host = rest.hasSuffix("/") ? rest.dropLast() : rest
        let forbidden = "/?#@\\".utf8
        guard !host.isEmpty, host.utf8.allSatisfy({ (0x21...0x7e).contains($0) && !forbidden.contains($0) }) else { throw Self.malformed }
        self.host = (host.hasSuffix(port) ? String(host.dropLast(port.count)) : String(host)).lowercased()
        url = "\(scheme)\(host)/"
        isAWS = false
    }

    private static let malformed = SluiceError.invalidInput(
        "endpoint must be http://host:port or https://host, without user, path or query")
}
