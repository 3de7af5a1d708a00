import Foundation
import SluiceTesting
import Testing

/// Runs that are disturbed on purpose: they go on, say what they lost, and lose nothing that was acknowledged.
@Suite(.serialized) struct ChaosTests {
    private static let disturbed = [
        "--engine", "sqlite", "--chaos", "kill-daemon,restart-daemon,cut-clients", "--period", "4", "--seconds", "15", "--directory",
        "/tmp", "--clients", "16",
    ]

    @Test(arguments: ["a", "storm"]) func aWorkloadComesThrough(_ workload: String) async throws {
        let run = try await StressRun.ended(["run", workload, "--runs", "1", "--records", "200", "--json"] + Self.disturbed)
        try #require(run.status == 0, "\(run.complaint)")
        let figures = try run.figures()
        let events = try #require(figures["events"] as? [[String: Any]])
        #expect(events.prefix(3).compactMap { $0["action"] as? String } == ["kill-daemon", "restart-daemon", "cut-clients"])
        #expect(events.allSatisfy { $0["recoverySeconds"] is NSNumber })
        let lost = (figures["errors"] as? [String: Int])?["connectionLost"] ?? 0
        #expect(lost > 0)
        #expect((figures["availabilityOfTime"] as? Double ?? 1) < 1)
    }

    @Test(arguments: ["mongodb", "dynamodb"]) func serversMayFailToo(engine: String) async throws {
        let acts = ["pause-daemon", "kill-backend", "pause-backend", "restart-backend"]
        let run = try await StressRun.ended([
            "run", "a", "--engine", engine, "--chaos", acts.joined(separator: ","), "--period", "4", "--seconds", "19", "--directory",
            "/tmp",
            "--clients", "8", "--runs", "1", "--records", "200", "--deadline", "2000", "--json",
        ])
        try #require(run.status == 0, "\(run.complaint)")
        let events = try #require(try run.figures()["events"] as? [[String: Any]])
        #expect(events.prefix(4).compactMap { $0["action"] as? String } == acts)
    }

    /// Who reads slowly is in the middle of a result when the daemon dies, and asks again.
    @Test func slowReadersComeBack() async throws {
        let run = try await StressRun.ended(
            [
                "run", "slow-readers", "--engine", "sqlite", "--chaos", "kill-daemon", "--period", "4", "--seconds", "15", "--directory",
                "/tmp", "--clients", "4", "--runs", "1", "--records", "2000", "--slow-bytes", "300000", "--json",
            ])
        try #require(run.status == 0, "\(run.complaint)")
        #expect((try run.figures()["events"] as? [Any] ?? []).count >= 3)
        // At its speed a result takes twice as long as there is between two kills: each was read to its end on a connection made after the
        // last one.
        #expect((try run.figures()["slowResults"] as? Int ?? 0) >= 8)
    }

    /// That clients are lost is expected, that the daemon is gone is not.
    @Test(arguments: [["run", "a", "--runs", "1", "--records", "200"], ["linearizability"]])
    func aDaemonThatEndsByItselfIsNoChaos(_ command: [String]) async throws {
        let folder = TemporaryFolder()
        let sluiced = StressRun.program.deletingLastPathComponent().appendingPathComponent("sluiced").path
        let script = try folder.write("#!/bin/sh\n(sleep 7; kill -KILL $$) &\nexec \(sluiced) \"$@\"\n", to: "dying")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: script)
        let chaos = ["--engine", "sqlite", "--chaos", "cut-clients", "--period", "4", "--seconds", "15", "--clients", "8"]
        let run = try await StressRun.ended(command + chaos + ["--daemon", script, "--directory", "/tmp"])
        #expect(run.status == 70, "\(run.output)")
        #expect(run.complaint.contains("ended by itself, exit code 137"), "\(run.complaint)")
    }

    @Test func singleRecordsStayLinearizable() async throws {
        let run = try await StressRun.ended(["linearizability"] + Self.disturbed)
        #expect(run.status == 0, "\(run.complaint)")
        #expect(run.output.contains("every history is linearizable"))
        #expect(run.output.contains("available ") && run.output.contains("first success"), "\(run.output)")
        #expect(!run.output.contains("NO SUCCESS"), "\(run.output)")
    }
}
