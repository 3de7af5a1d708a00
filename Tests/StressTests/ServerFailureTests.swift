import Testing

/// A server that fails is not a server that lies: the run ends with exit code 70 instead of 76, or 69 where nobody was there, and one that
/// is tolerant counts the fault by its code.
@Suite(.serialized) struct ServerFailureTests {
    private static let notThere: Int32 = 69
    private static let failed: Int32 = 70

    @Test(arguments: ["a", "storm"]) func nobodyIsThere(_ workload: String) async throws {
        let run = try await StressRun.ended(["run", workload, "--target", "/nonexistent/sluiced.sock", "--seconds", "1", "--runs", "1"])
        #expect(run.status == Self.notThere)
        #expect(run.complaint.contains("nothing answers at /nonexistent/sluiced.sock"))
    }

    /// More clients at a time than the daemon takes: it sends the others a fault.
    @Test func aStormOfWhichSomeAreRefusedEnds() async throws {
        let daemon = try await LiveDaemon(configuration: #"{"sluice": {"limits": {"maxConnections": 6}}}"#)
        let storm = [
            "run", "storm", "--target", daemon.socket, "--clients", "40", "--processes", "1", "--seconds", "8", "--runs", "1", "--json",
        ]
        let tolerant = try await figures(ofTolerant: storm, fault: "overloaded")
        #expect((tolerant["requests"] as? Int ?? 0) > 0)
    }

    @Test func aFaultInTheMiddleOfALoadIsTheServersFailure() async throws {
        let daemon = try await LiveDaemon()
        let proxy = try LyingProxy.start(before: daemon.socket, at: "\(daemon.folder.path)/fault.sock", .fault)
        let load = [
            "run", "c", "--target", proxy, "--clients", "4", "--processes", "1", "--records", "20", "--seconds", "5", "--runs", "1",
            "--json",
        ]
        let tolerant = try await figures(ofTolerant: load, fault: "unavailable")
        #expect((tolerant["connects"] as? Int ?? 0) > 0)
    }

    /// Without `--tolerant` the run ends as the server's failure; with it, what the fault ended is counted by the fault's code.
    private func figures(ofTolerant load: [String], fault: String) async throws -> [String: Any] {
        let run = try await StressRun.ended(load)
        #expect(run.status == Self.failed, "\(run.output)")
        #expect(run.complaint.contains("answered a fault: \(fault)"), "\(run.complaint)")
        let tolerant = try await StressRun.ended(load + ["--tolerant"])
        try #require(tolerant.status == 0, "\(tolerant.complaint)")
        let figures = try tolerant.figures()
        #expect((figures["errors"] as? [String: Int])?[fault] ?? 0 > 0)
        return figures
    }
}
