import SluiceBackend

/// Credentials in a profile of the shared files. Read anew at each search, so that files may be replaced.
struct ProfileCredentials: CredentialProvider {
    let files: SharedFiles

    var place: String { "the profile '\(files.profile)' of the shared credentials and config files" }

    func credentials(deadline: MonotonicTime) throws(CredentialFailure) -> AWSCredentials? {
        guard let properties = try files.properties() else {
            if !files.isRequired { return nil }
            throw CredentialFailure(message: "there is no profile '\(files.profile)' in \(files.credentialsPath ?? "the shared files")")
        }
        switch (properties["aws_access_key_id"], properties["aws_secret_access_key"]) {
        case (let id?, let secret?):
            return AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: properties["aws_session_token"])
        case (nil, nil):
            if let other = Self.otherWays.first(where: { properties[$0] != nil }) {
                throw CredentialFailure(message: "the profile '\(files.profile)' gives credentials by \(other), which Sluice does not do")
            }
            if !files.isRequired { return nil }
            throw CredentialFailure(message: "the profile '\(files.profile)' has no aws_access_key_id")
        default:
            throw CredentialFailure(
                message: "the profile '\(files.profile)' has only one of aws_access_key_id and aws_secret_access_key")
        }
    }

    /// Properties by which AWS's own tools get credentials from elsewhere.
    private static let otherWays = ["credential_process", "role_arn", "sso_session", "sso_account_id", "web_identity_token_file"]
}
