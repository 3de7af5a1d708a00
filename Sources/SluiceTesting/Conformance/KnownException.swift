/// A case that a server of `EngineServer` is known to fail since it does otherwise than the product that it stands for. The case must then
/// fail as it says here, so that an exception that is not needed any more is found.
public struct KnownException: Sendable {
    /// Which server, as `EngineServer` describes it.
    public let server: String
    /// The case's description.
    public let conformanceCase: String
    /// A part of what the case says.
    public let failure: String
    /// What the product does, and where its documentation says so; what the server does instead.
    public let reason: String

    /// Whether this is about a case on a server.
    func covers(_ description: String, on server: String) -> Bool { self.server == server && conformanceCase == description }
}
