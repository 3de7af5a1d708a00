/// What signs for a day in one region. As good as a password for that day, so it shows nothing of itself.
struct SigningKey: Sendable {
    /// `20150830`, in UTC.
    let day: String
    /// What it is made from.
    let credentials: AWSCredentials
    let bytes: [UInt8]
}

extension SigningKey: CustomStringConvertible, CustomReflectable {
    var description: String { "the signing key of \(day)" }
    var customMirror: Mirror { Mirror(self, children: []) }
}
