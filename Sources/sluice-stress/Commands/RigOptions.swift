import ArgumentParser

/// What a command that starts a daemon for itself can be told of it.
struct RigOptions: ParsableArguments {
    @Option(help: "The daemon to start. (default: sluiced beside this program)")
    var daemon: String?

    @Option(help: "The folder of the engines' servers. (default: what scripts/test-servers made)")
    var servers: String?

    @Option(help: "Folder for data and sockets; its path must be short.")
    var directory = "/var/tmp"

    /// The programs by where they are.
    /// - Throws: `StressFailure` when there is no daemon.
    func programs() throws -> Rig.Programs { Rig.Programs(daemon: try ProgramPath.daemon(daemon), servers: servers) }
}
