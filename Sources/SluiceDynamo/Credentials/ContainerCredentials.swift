import SluiceBackend

/// Credentials of a container's role, from the agent that ECS and EKS name in the environment
/// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html).
struct ContainerCredentials: CredentialProvider {
    let environment: AWSEnvironment
    /// The agent of ECS, to which `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` belongs.
    var relativeOrigin = "http://169.254.170.2"
    var timeoutMilliseconds = CredentialServer.timeoutMilliseconds

    var place: String { "the container's credentials endpoint" }

    func credentials(deadline: MonotonicTime) throws(CredentialFailure) -> AWSCredentials? {
        guard let url = try url() else { return nil }
        let server = CredentialServer(name: place, deadline: deadline, timeoutMilliseconds: timeoutMilliseconds)
        return try server.credentials(try server.ask("GET", url, try token().map { [HTTPHeader("authorization", $0)] } ?? []))
    }

    private func url() throws(CredentialFailure) -> String? {
        if let path = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
            guard path.hasPrefix("/") else {
                throw CredentialFailure(message: "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not begin with /")
            }
            return relativeOrigin + path
        }
        guard let url = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] else { return nil }
        guard url.hasPrefix("https://") || Self.isNear(url) else {
            throw CredentialFailure(
                message: "AWS_CONTAINER_CREDENTIALS_FULL_URI is neither https:// nor on this machine nor a container agent's address")
        }
        return url
    }

    /// Without TLS, the token must not leave the machine, nor credentials come from elsewhere.
    private static func isNear(_ url: String) -> Bool {
        guard url.hasPrefix("http://") else { return false }
        let authority = url.dropFirst("http://".count).prefix { !"/?#\\".contains($0) }
        guard !authority.contains("@") else { return false }
        let host =
            authority.hasPrefix("[")
            ? authority.dropFirst().prefix { $0 != "]" } : authority.prefix { $0 != ":" }
        let isLoopback = host.hasPrefix("127.") && host.split(separator: ".").count == 4 && host.allSatisfy { $0.isNumber || $0 == "." }
        return isLoopback || ["localhost", "::1", "169.254.170.2", "169.254.170.23", "fd00:ec2::23"].contains(host)
    }

    private func token() throws(CredentialFailure) -> String? {
        guard let path = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] else {
            return try checked(environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"])
        }
        guard let text = try SmallFile.text(path) else { throw CredentialFailure(message: "\(path): no such file") }
        return try checked(String(text[..<(text.lastIndex { !$0.isNewline }.map(text.index(after:)) ?? text.startIndex)]))
    }

    /// A line end in the token would make headers of its rest.
    private func checked(_ token: String?) throws(CredentialFailure) -> String? {
        guard token?.contains(where: \.isNewline) != true else {
            throw CredentialFailure(message: "the container's authorization token has a line end in it")
        }
        return token
    }
}
