import SluiceBackend
import SluiceProtocol

/// An engine that keeps nothing, so that what remains is what Sluice itself costs: every record that is created is answered and forgotten.
/// For measuring only; a daemon has it when its configuration names it. Shared by all threads; each connection belongs to one.
public final class NullBackend: Backend {
    /// `null`.
    public let engine = "null"
    /// All of them: it keeps to every rule about records that are not there.
    public let capabilities = Capabilities()
    /// Each connection does everything.
    public let connectionRoles: [ConnectionRole]

    /// An engine with so many connections.
    public init(connections: Int) { connectionRoles = Array(repeating: .readsAndWrites, count: connections) }

    /// Nothing.
    public func prepare() {}

    /// A connection to nowhere.
    public func openConnection(_ role: ConnectionRole) -> any BackendConnection { NullConnection() }
}
