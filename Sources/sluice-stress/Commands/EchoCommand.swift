import ArgumentParser
import CBench

/// The bare epoll echo server, as a process. `MeasuredServer` starts and ends it.
struct EchoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "echo-server", abstract: "The bare echo server.", shouldDisplay: false)

    @Option var socket: String

    func run() throws {
        throw ExitCode(
            StressFailure.reporting {
                var failure = bench_failure()
                bench_echo_serve(socket, &failure)
                throw StressFailure(.serverFailed, failure)
            })
    }
}
