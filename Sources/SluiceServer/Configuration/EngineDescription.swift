import SluiceBackend
import SluiceProtocol

/// An engine that this daemon can be configured with: its name, what its `dbInfo` needs, and how its
/// backend is made. The daemon's table holds one a line.
public struct EngineDescription: Sendable {
    /// `dbName` in the configuration.
    public let name: String
    /// Keys of `dbInfo` that it cannot do without.
    public let requiredProperties: [String]
    /// Makes the backend, without connecting yet.
    public let makeBackend: @Sendable (BackendConfiguration, _ dataDirectory: String, Limits) throws(SluiceError) -> any Backend

    /// An engine of the daemon's table.
    public init(
        name: String, requiredProperties: [String],
        makeBackend: @escaping @Sendable (BackendConfiguration, _ dataDirectory: String, Limits) throws(SluiceError) -> any Backend
    ) {
        self.name = name
        self.requiredProperties = requiredProperties
        self.makeBackend = makeBackend
    }

    var structured: StructuredValue {
        .map(["engine": .string(name), "requiredProperties": .list(requiredProperties.map { .string($0) })])
    }
}
