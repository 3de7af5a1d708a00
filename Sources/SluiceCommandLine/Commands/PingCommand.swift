import ArgumentParser
import SluiceClient

/// `sluice ping`: is the daemon there, and how long does a round trip take?
struct PingCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "ping",
        abstract: "Ask the daemon whether it is there.",
        discussion: """
            Ends with 0 when it answers and 69 when nobody does, so that scripts can wait for it:

              sluice ping
              until sluice ping --timeout 1 2>/dev/null; do sleep 0.2; done
              sluice ping --count 1000                  the spread of a thousand round trips
            """)

    @Option(help: ArgumentHelp("So many round trips, one after the other.", valueName: "n"))
    var count = 1

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        guard (1...1_000_000).contains(count) else { throw ValidationError("--count takes 1 to 1000000") }
    }

    func perform(_ client: SluiceClient, _ output: Output) async throws {
        var times: [Duration] = []
        for _ in 0..<count {
            let start = ContinuousClock.now
            try await client.ping()
            times.append(.now - start)
        }
        times.sort()
        let name = client.welcome?.name ?? "the daemon"
        let (least, median, most) = (times[0], times[times.count / 2], times[times.count - 1])
        if shared.json {
            return try output.json([
                "name": .string(name), "count": .integer(Int64(count)), "minMicroseconds": .float(Self.microseconds(least)),
                "medianMicroseconds": .float(Self.microseconds(median)), "maxMicroseconds": .float(Self.microseconds(most)),
            ])
        }
        let spread = count == 1 ? Self.text(median) : "\(Self.text(median)) (\(Self.text(least)) to \(Self.text(most)) over \(count))"
        try output.line("\(DisplayText.safe(name)) answers in \(spread)")
    }

    private static func microseconds(_ duration: Duration) -> Double { Double(Int(Progress.seconds(duration) * 1e7)) / 10 }

    private static func text(_ duration: Duration) -> String { "\(Int(microseconds(duration))) µs" }
}
