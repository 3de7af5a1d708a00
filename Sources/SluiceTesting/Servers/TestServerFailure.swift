/// Why a server to test against is not there.
public struct TestServerFailure: Error, CustomStringConvertible {
    /// What happened, and what to do.
    public let description: String

    init(_ description: String) { self.description = description }
}
