import SluiceProtocol

extension DynamoSettings {
    /// From `dbInfo`, with what the environment and the shared files add: the region, and `AWS_CA_BUNDLE`.
    /// - Throws: `invalidInput` naming the key that is missing or wrong, never a value.
    init(_ properties: [String: String], connections: Int, environment: AWSEnvironment = .process) throws(SluiceError) {
        let files = SharedFiles(
            credentialsFile: properties["credentials"], profile: properties["profile"], environment: environment)
        // Only the region is wanted here: files that cannot be read are the credential chain's to report.
        let ofProfile = { (try? files.properties())?["region"] }
        guard let region = properties["awsRegion"] ?? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? ofProfile() else {
            throw .invalidInput("awsRegion is missing, and neither AWS_REGION nor the profile '\(files.profile)' has a region")
        }
        // It becomes part of a host's name and of headers.
        guard !region.isEmpty, region.utf8.allSatisfy({ (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d }) else {
            throw .invalidInput("awsRegion must be a region's name such as us-east-1")
        }
        self.init(
            region: region, endpoint: properties["endpoint"], connections: connections, certificates: environment["AWS_CA_BUNDLE"])
        _ = try DynamoEndpoint(self)
    }
}
