import ArgumentParser
import CBench

/// Clients that are connected, have shaken hands, and want nothing. `MemoryRow` starts it and measures the daemon meanwhile.
struct IdleClientsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "idle-clients", abstract: "Clients that only hold a connection.", shouldDisplay: false)

    @Option var socket: String
    @Option var clients: UInt32

    func run() throws {
        throw ExitCode(
            StressFailure.reporting {
                var failure = bench_failure()
                guard bench_connect_idle_clients(socket, clients, &failure) else { throw StressFailure(.serverNotThere, failure) }
                Gate.holdOpen()
            })
    }
}
