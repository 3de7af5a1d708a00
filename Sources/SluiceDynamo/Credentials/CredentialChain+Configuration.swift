import SluiceProtocol

extension CredentialChain {
    /// The chain of a configuration: keys that stand in `dbInfo`, or the credentials file or profile that it names, and nothing else then;
    /// otherwise what AWS's SDKs look through: the environment, the shared files, the container's endpoint, the instance metadata.
    /// - Throws: `invalidInput` when only one half of the keys is there.
    convenience init(_ properties: [String: String], environment: AWSEnvironment = .process) throws(SluiceError) {
        let profile = ProfileCredentials(
            files: SharedFiles(credentialsFile: properties["credentials"], profile: properties["profile"], environment: environment))
        switch (properties["AWSSecretKeyID"], properties["AWSSecretAccessKey"]) {
        case (let id?, let secret?):
            let credentials = AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: properties["AWSSessionToken"])
            self.init([FixedCredentials(credentials: credentials)])
        case (nil, nil) where properties["credentials"] != nil || properties["profile"] != nil:
            self.init([profile])
        case (nil, nil):
            self.init([
                EnvironmentCredentials(environment: environment), profile, ContainerCredentials(environment: environment),
                InstanceMetadata(environment: environment),
            ])
        default: throw .invalidInput("AWSSecretKeyID and AWSSecretAccessKey belong together, and one of them is missing")
        }
    }
}
