import Foundation
import SluiceTesting
import Testing

/// Each workload for a second on a daemon of its own: it runs, every reply and every record is right, and it says what it did.
@Suite(.serialized) struct WorkloadTests {
    static let workloads = ["a", "b", "c", "d", "e", "f", "inserts", "pre-fork", "pipelined", "large", "slow-readers"]

    private static let short = ["--engine", "sqlite", "--seconds", "1", "--runs", "1", "--json", "--directory", "/tmp"]

    @Test(arguments: workloads) func runs(_ workload: String) async throws {
        let run = try await StressRun.ended(["run", workload, "--records", "100"] + Self.short)
        try #require(run.status == 0, "\(run.complaint)")
        let subject = try #require((try run.report()["subjects"] as? [[String: Any]])?.first)
        #expect((subject["verifiedRecords"] as? Int ?? 0) >= 100)
        #expect((try run.figures()["requests"] as? Int ?? 0) > 0)
        #expect(try run.figures()["failed"] as? Int == 0)
    }

    @Test func stormConnectsAndGoes() async throws {
        let run = try await StressRun.ended(["run", "storm", "--clients", "8"] + Self.short)
        try #require(run.status == 0, "\(run.complaint)")
        #expect((try run.figures()["connects"] as? Int ?? 0) > 0)
    }

    /// Latencies count from the intended start: a server that cannot keep up has requests that wait or were never sent.
    @Test func anOpenLoopKeepsItsRateOrSaysSo() async throws {
        let slow = try await StressRun.ended(["run", "c", "--rate", "200", "--records", "100"] + Self.short)
        try #require(slow.status == 0, "\(slow.complaint)")
        let asked = (try slow.figures()["requests"] as? Int ?? 0) + (try slow.figures()["unsent"] as? Int ?? 0)
        #expect((190...210).contains(asked))
        let flooded = try await StressRun.ended(["run", "a", "--rate", "10000000", "--records", "100"] + Self.short)
        try #require(flooded.status == 0, "\(flooded.complaint)")
        #expect((try flooded.figures()["unsent"] as? Int ?? 0) > 0)
    }

    @Test func aServerWithoutSluiceIsLoadedAlike() async throws {
        let folder = TemporaryFolder()
        for workload in ["a", "d", "f"] {
            let run = try await StressRun.ended(
                ["run", workload, "--target", "sqlite:\(folder.path)/direct.sqlite", "--clients", "4", "--records", "100"]
                    + Self.short.dropFirst(2))
            #expect(run.status == 0, "\(run.complaint)")
        }
    }

    @Test func postgreSQLIsLoadedAlike() async throws {
        let server = try await TestServer.shared(.postgresql)
        for workload in ["a", "d", "f"] {
            let place = "postgresql://postgres@\(server.address)/postgres"
            let run = try await StressRun.ended(
                ["run", workload, "--target", place, "--clients", "4", "--records", "100"] + Self.short.dropFirst(2))
            #expect(run.status == 0, "\(run.complaint)")
        }
    }

    /// Through the daemon and by the engine's own driver, on one server in one run.
    @Test(arguments: ["mongodb", "dynamodb"]) func anEngineIsLoadedWithAndWithoutSluice(_ engine: String) async throws {
        let run = try await StressRun.ended(
            ["run", "a", "--engine", engine, "--direct", "--clients", "8", "--records", "50"] + Self.short.dropFirst(2))
        try #require(run.status == 0, "\(run.complaint)")
        let subjects = try #require(try run.report()["subjects"] as? [[String: Any]])
        #expect(subjects.count == 2)
        for subject in subjects { #expect((subject["verifiedRecords"] as? Int ?? 0) >= 50) }
    }

    @Test func anEngineCanBeFarAway() async throws {
        let run = try await StressRun.ended(
            ["run", "c", "--engine", "dynamodb", "--engine-delay", "40", "--clients", "8", "--records", "50"] + Self.short.dropFirst(2))
        try #require(run.status == 0, "\(run.complaint)")
        #expect((try run.figures()["p50Microseconds"] as? Double ?? 0) >= 40_000)
    }

    @Test func pagesAndComparisonsAreWritten() async throws {
        let folder = TemporaryFolder()
        let files = ["--html", "\(folder.path)/page.html", "--save", "\(folder.path)/saved"]
        let run = try await StressRun.ended(["run", "b", "--clients", "2,4", "--records", "100"] + files + Self.short)
        try #require(run.status == 0, "\(run.complaint)")
        let page = try String(contentsOfFile: "\(folder.path)/page.html", encoding: .utf8)
        #expect(page.contains("<svg") && page.contains("requests/s by clients") && page.contains("latency, 4 clients"))
        #expect(page.contains("<li>read: "))
        #expect(!page.contains("http") && !page.contains("<script"))
        let comparison = try await StressRun.ended(["compare", "\(folder.path)/saved", "\(folder.path)/saved"])
        #expect(comparison.status == 0 && comparison.output.contains("sluiced on sqlite, 4 clients"))
        #expect(comparison.output.contains("0.0 %, the runs overlap") && !comparison.output.contains("NOT THE SAME"))
    }

    @Test func withoutBatchingEachRequestGoesAloneAndTheComparisonSaysSo() async throws {
        let folder = TemporaryFolder()
        let load = [
            "run", "c", "--engine", "sqlite", "--clients", "8", "--records", "100", "--seconds", "4", "--runs", "1", "--directory", "/tmp",
        ]
        for (file, more) in [("with", ["--processes", "1"]), ("without", ["--processes", "2", "--no-batching"])] {
            let run = try await StressRun.ended(load + more + ["--save", "\(folder.path)/\(file)"])
            try #require(run.status == 0, "\(run.complaint)")
            #expect(run.output.contains("requests in a batch: 1.00 reads") == (file == "without"), "\(run.output)")
        }
        let comparison = try await StressRun.ended(["compare", "\(folder.path)/with", "\(folder.path)/without"])
        #expect(comparison.output.contains("1 processes before, 2 after"), "\(comparison.output)")
        #expect(comparison.output.contains("figures of different workloads"), "\(comparison.output)")
    }
}
