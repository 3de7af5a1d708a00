import ArgumentParser
import SluiceClient

/// What every command takes: where the daemon is, how long to wait, and how to answer.
struct SharedOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The daemon's socket. Without it: SLUICE_SOCKET, then the usual places.", valueName: "path"))
    var socket: String?

    @Option(help: ArgumentHelp("How long one request may take; 30 unless given, 120 to define.", valueName: "seconds"))
    var timeout: Double?

    @Flag(help: "Answer, and complain, in JSON: one object a line.")
    var json = false

    func validate() throws {
        guard let timeout else { return }
        guard timeout > 0, timeout <= 86_400 else { throw ValidationError("--timeout takes seconds, from 0.001 to 86400") }
    }

    /// A connected client.
    /// - Throws: `unavailable` at once when nobody listens.
    func connect() async throws(SluiceError) -> SluiceClient {
        var options = ClientOptions(name: "sluice")
        if let timeout {
            options.deadline = .milliseconds(Int64(timeout * 1000))
            options.defineDeadline = options.deadline
            options.timeout = min(options.timeout, options.deadline)
        }
        return try await SluiceClient.connect(path: socket, options: options)
    }
}
