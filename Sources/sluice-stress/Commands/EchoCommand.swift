import ArgumentParser
import CBench

/// The bare epoll echo server, alone or with a worker thread, as a process. `MeasuredServer` starts and ends it.
struct EchoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "echo-server", abstract: "The bare echo server.", shouldDisplay: false)

    @Option var socket: String
    @Flag var hop = false

    func run() throws {
        throw ExitCode(
            StressFailure.reporting {
                var failure = bench_failure()
                if hop { bench_echo_serve_hop(socket, &failure) } else { bench_echo_serve(socket, &failure) }
                throw StressFailure(.serverFailed, failure)
            })
    }
}
