import ArgumentParser

/// Pings as fast as the daemon answers.
struct PingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ping",
        abstract: "Sends pings as fast as they are answered.",
        discussion: """
            A ping goes through the daemon's loop but reaches no engine, so this is what the daemon itself costs. Each client waits for a \
            reply before it asks again, unless --depth keeps more under way:

              sluice-stress ping --socket /run/sluice/sluice.sock --clients 50
              sluice-stress ping --clients 1 --seconds 2             one client: the round trip
              sluice-stress ping --clients 200 --processes 4 --depth 16 --json
            """
    )

    @OptionGroup var options: LoadOptions

    func run() throws {
        throw options.exit {
            let load = options.load(.ping)
            try options.report(load, try load.run())
        }
    }
}
