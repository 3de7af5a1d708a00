/// Why there are no credentials: which places were looked at and what each said. Holds none of their contents.
struct CredentialFailure: Error, Sendable, Equatable {
    let message: String
}
