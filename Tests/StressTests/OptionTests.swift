import Testing

/// What cannot be is refused before anything starts, with exit code 64 and a sentence that names the option, its bounds and what was given.
@Suite struct OptionTests {
    private static let usage: Int32 = 64

    static let numbers: [(command: String, option: String, value: String, says: String)] = [
        ("run a", "--rate", "inf", "from 0.001 to 100000000 requests a second, not inf"),
        ("run a", "--rate", "1e30", "not 1e+30"),
        ("run a", "--rate", "-1", "not -1"),
        ("run a", "--rate", "nan", "not nan"),
        ("run a", "--seconds", "1e12", "from 0.001 to 86400 seconds, not 1000000000000"),
        ("run a", "--warm-up", "inf", "from 0 to 3600 seconds, not inf"),
        ("run a", "--period", "1e12", "from 0.1 to 86400 seconds, not 1000000000000"),
        ("run a", "--outage", "nan", "from 0 to 86400 seconds, not nan"),
        ("run a", "--engine-delay", "inf", "from 0 to 10000 milliseconds, not inf"),
        ("run a", "--slow-bytes", "5000000000", "from 1 to 1073741824 bytes a second, not 5000000000"),
        ("run a", "--slow-readers", "1001", "from 0 to 1000, not 1001"),
        ("run a", "--deadline", "18446744073709551615", "from 0 to 86400000 milliseconds, not 18446744073709551615"),
        ("run a", "--connections", "0", "from 1 to 1000, not 0"),
        ("run a", "--clients", "0", "from 1 to 100000"),
        ("run a", "--runs", "0", "from 1 to 99, not 0"),
        ("soak", "--life", "inf", "from 30 to 86400 seconds, not inf"),
        ("soak", "--period", "inf", "from 2 to 86400 seconds, not inf"),
        ("soak", "--share", "nan", "from 0.001 to 0.999, not nan"),
        ("soak", "--seconds", "nan", "from 9 to 86400 seconds, not nan"),
    ]

    @Test(arguments: numbers.indices) func aNumberOutOfBounds(_ index: Int) async throws {
        let (command, option, value, says) = Self.numbers[index]
        let words = command.split(separator: " ").map(String.init)
        let run = try await StressRun.ended(words + ["--engine", "sqlite", "\(option)=\(value)"])
        #expect(run.status == Self.usage, "\(run.output)\(run.complaint)")
        #expect(run.complaint.contains("\(option) is") && run.complaint.contains(says), "\(run.complaint)")
    }

    @Test(
        arguments: [
            ["run", "e", "--engine", "mongodb", "--direct"], ["run", "e", "--target", "mongodb://127.0.0.1:1/x"],
            ["run", "storm", "--engine", "sqlite", "--direct"], ["run", "storm", "--engine", "sqlite", "--rate", "10"],
            ["run", "a", "--target", "dynamodb+http:x"], ["run", "a", "--target", "dynamodb+http:///x"],
            ["run", "a", "--target", "dynamodb+http://\(String(repeating: "x", count: 300))"],
            ["run", "a", "--engine", "sqlite", "--chaos", "kill-backend"], ["soak", "--chaos", "pause-backend"],
            ["linearizability", "--engine", "sqlite", "--clients", "1,2"],
            ["run", "a", "--target", "/run/sluice/sluice.sock", "--no-batching"],
        ])
    func whatDoesNotGoTogether(_ arguments: [String]) async throws {
        let run = try await StressRun.ended(arguments)
        #expect(run.status == Self.usage, "\(run.output)")
        #expect(run.complaint.contains("Error: "), "\(run.complaint)")
    }
}
