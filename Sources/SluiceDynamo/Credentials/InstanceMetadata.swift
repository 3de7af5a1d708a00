import SluiceBackend

/// Credentials of an EC2 instance's role, from the instance metadata service, version 2 only
/// (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html).
struct InstanceMetadata: CredentialProvider {
    let environment: AWSEnvironment
    var timeoutMilliseconds = CredentialServer.timeoutMilliseconds

    var place: String { "the instance metadata" }

    func credentials(deadline: MonotonicTime) throws(CredentialFailure) -> AWSCredentials? {
        guard environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() != "true" else { return nil }
        let server = CredentialServer(name: place, deadline: deadline, timeoutMilliseconds: timeoutMilliseconds)
        let role = "\(origin)/latest/meta-data/iam/security-credentials/"
        // Nobody there, or nobody who knows of tokens: this is no instance.
        guard let token = token(server), let names = try? server.ask("GET", role, [token]), names.status == 200,
            let name = String(decoding: names.body, as: UTF8.self).split(whereSeparator: \.isNewline).first
        else { return nil }
        return try server.credentials(try server.ask("GET", role + name, [token]))
    }

    private var origin: String {
        if let endpoint = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] {
            return endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint
        }
        let isIPv6 = environment["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]?.lowercased() == "ipv6"
        return isIPv6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254"
    }

    private func token(_ server: CredentialServer) -> HTTPHeader? {
        let life = HTTPHeader("x-aws-ec2-metadata-token-ttl-seconds", "21600")
        guard let reply = try? server.ask("PUT", "\(origin)/latest/api/token", [life]), reply.status == 200 else { return nil }
        let text = String(decoding: reply.body, as: UTF8.self)
        return text.isEmpty || text.contains(where: \.isNewline) ? nil : HTTPHeader("x-aws-ec2-metadata-token", text)
    }
}
