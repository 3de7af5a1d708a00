import Foundation
import Testing

/// The benchmark, and what costs are measured with, as a script meets them. Their figures are nobody's to test.
@Suite(.serialized) struct BenchTests {
    @Test func aRowWhoseServerFailsIsSaidToBeUnmeasured() async throws {
        let run = try await StressRun.ended(["bench", "--quick", "--only", "hop", "--only", "memory", "--daemon", "/bin/false"])
        #expect(run.status == 1, "\(run.complaint)")
        #expect(run.output.split(separator: "\n").count { $0.contains("NOT MEASURED") } == 2, "\(run.output)")
        #expect(run.output.contains("sluiced ended instead of listening"), "\(run.output)")
    }

    @Test(arguments: [("clients", 5), ("record-size", 4), ("engine-latency", 4)])
    func costsAreTables(subject: String, rows: Int) async throws {
        let run = try await StressRun.ended(["cost", "--quick", "--runs", "1", "--only", subject, "--json"])
        try #require(run.status == 0, "\(run.complaint)")
        let tables = try #require(JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]])
        let table = try #require(tables.first?["rows"] as? [[String]])
        #expect(table.count == rows)
        #expect(table.allSatisfy { $0.count == (tables[0]["heads"] as? [String])?.count && !$0.contains("") })
    }
}
