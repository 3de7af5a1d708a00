import ArgumentParser
import CBench

/// What makes an engine's server further away, as a process. `Rig` starts and ends it.
struct RelayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relay", abstract: "Passes bytes on to a server, later.", shouldDisplay: false)

    @Option var port: UInt16
    @Option var server: UInt16
    @Option var delayMicroseconds: UInt64

    func run() throws {
        throw ExitCode(
            StressFailure.reporting {
                var failure = bench_failure()
                bench_relay_serve(port, server, delayMicroseconds * 1_000, &failure)
                throw StressFailure(.serverFailed, failure)
            })
    }
}
