/// Where the shared credentials file and the shared config file are, and which profile in them counts. A value made of the settings and the
/// environment.
struct SharedFiles: Sendable, Equatable {
    let credentialsPath: String?
    let configPath: String?
    let profile: String
    /// Whether the configuration or the environment asks for the file or the profile, so that its absence is an error.
    let isRequired: Bool

    /// - Parameters:
    ///   - credentialsFile: the file that the configuration names.
    ///   - profile: the profile that the configuration names.
    init(credentialsFile: String?, profile: String?, environment: AWSEnvironment) {
        let folder = environment["HOME"].map { "\($0)/.aws/" }
        let named = profile ?? environment["AWS_PROFILE"]
        credentialsPath = credentialsFile ?? environment["AWS_SHARED_CREDENTIALS_FILE"] ?? folder.map { "\($0)credentials" }
        configPath = environment["AWS_CONFIG_FILE"] ?? folder.map { "\($0)config" }
        self.profile = named ?? "default"
        isRequired = credentialsFile != nil || named != nil
    }

    /// The profile's properties in both files; where both have one, the credentials file's counts.
    /// - Returns: nil when neither file has the profile.
    /// - Throws: when a file is there and cannot be read.
    func properties() throws(CredentialFailure) -> [String: String]? {
        let config = try file(configPath, isConfig: true)?[profile]
        let credentials = try file(credentialsPath, isConfig: false)?[profile]
        guard config != nil || credentials != nil else { return nil }
        return (config ?? [:]).merging(credentials ?? [:]) { $1 }
    }

    private func file(_ path: String?, isConfig: Bool) throws(CredentialFailure) -> ProfileFile? {
        guard let path, let text = try SmallFile.text(path) else { return nil }
        return ProfileFile(text, isConfig: isConfig)
    }
}
