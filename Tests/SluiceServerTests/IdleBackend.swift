import SluiceBackend
import SluiceProtocol

/// A backend that is never asked for anything.
final class IdleBackend: Backend {
    let engine = "idle"
    let capabilities = Capabilities()
    let connectionRoles: [ConnectionRole] = []
    func prepare() {}
    func openConnection(_ role: ConnectionRole) throws(SluiceError) -> any BackendConnection { throw SluiceError(.unavailable, "never") }
}
