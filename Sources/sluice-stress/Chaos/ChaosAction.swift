/// What can be done to a run from outside.
enum ChaosAction: String, CaseIterable, Codable, Sendable {
    case killDaemon = "kill-daemon"
    case restartDaemon = "restart-daemon"
    case pauseDaemon = "pause-daemon"
    case killBackend = "kill-backend"
    case restartBackend = "restart-backend"
    case pauseBackend = "pause-backend"
    case cutClients = "cut-clients"

    var endsDaemon: Bool { self == .killDaemon || self == .restartDaemon }
    var needsBackend: Bool { self == .killBackend || self == .restartBackend || self == .pauseBackend }
}
