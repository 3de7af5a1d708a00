import Testing

/// The benchmark as a script meets it. Its figures are nobody's to test.
@Suite struct BenchTests {
    @Test func aRowWhoseServerFailsIsSaidToBeUnmeasured() async throws {
        let run = try await StressRun.ended(["bench", "--quick", "--only", "hop", "--only", "memory", "--daemon", "/bin/false"])
        #expect(run.status == 1, "\(run.complaint)")
        #expect(run.output.split(separator: "\n").count { $0.contains("NOT MEASURED") } == 2, "\(run.output)")
        #expect(run.output.contains("sluiced ended instead of listening"), "\(run.output)")
    }
}
