import Foundation
import Testing

@testable import sluice_stress

/// What a long run is judged by, on runs of which is known how they went.
@Suite struct SoakVerdictTests {
    /// A run whose memory, descriptors and p99.9 go from one value to another, in each of the daemon's lives.
    private func verdict(
        memory: (Int, Int), descriptors: (Int, Int), latency: (Double, Double), lives: Int = 1, failedPercent: Double = 0
    ) throws -> SoakVerdict {
        var figures = RunFigures(RunResult())
        func value(_ ends: (Double, Double), _ index: Int) -> Double { ends.0 + (ends.1 - ends.0) * Double(index) / 29 }
        let samples = (0..<30 * lives).map { second in
            let index = second % 30
            return """
                {"second": \(second), "queued": 0, "readBatches": 0, "readRequests": \(index), "writeBatches": 0, "writeRequests": 0,
                "anonymousBytes": \(Int(value((Double(memory.0), Double(memory.1)), index))),
                "descriptors": \(Int(value((Double(descriptors.0), Double(descriptors.1)), index)))}
                """
        }
        let points = (0..<30).map { index in
            """
            {"second": \(index), "seconds": 1, "requestsPerSecond": 1, "failuresPerSecond": 0, "p50Microseconds": 1, "p99Microseconds": 1,
            "p999Microseconds": \(value(latency, index))}
            """
        }
        func decode<Value: Decodable>(_ texts: [String]) throws -> Value {
            try JSONDecoder().decode(Value.self, from: Data("[\(texts.joined(separator: ","))]".utf8))
        }
        figures.daemon = try decode(samples)
        figures = try replacing(
            "series", of: figures, by: try JSONSerialization.jsonObject(with: JSONEncoder().encode(try decode(points) as [SeriesPoint])))
        figures = try replacing("availabilityOfRequests", of: figures, by: 1 - failedPercent / 100)
        return SoakVerdict(figures, seconds: 30)
    }

    private func replacing(_ name: String, of figures: RunFigures, by value: Any) throws -> RunFigures {
        var fields = try #require(try JSONSerialization.jsonObject(with: JSONEncoder().encode(figures)) as? [String: Any])
        fields[name] = value
        return try JSONDecoder().decode(RunFigures.self, from: JSONSerialization.data(withJSONObject: fields))
    }

    @Test func aRunThatStaysIsKept() throws {
        let verdict = try verdict(memory: (9_000_000, 9_900_000), descriptors: (80, 82), latency: (900, 1_100))
        #expect(verdict.isMet && verdict.checks.count == 4)
    }

    @Test func whateverGrowsIsSeen() throws {
        for (memory, descriptors, latency) in [
            ((9_000_000, 30_000_000), (80, 80), (900.0, 900.0)), ((9_000_000, 9_000_000), (80, 160), (900.0, 900.0)),
            ((9_000_000, 9_000_000), (80, 80), (900.0, 4_000.0)),
        ] {
            let verdict = try verdict(memory: memory, descriptors: descriptors, latency: latency)
            #expect(!verdict.isMet && verdict.checks.count { !$0.isMet } == 1)
            #expect(verdict.text.contains("GREW"))
        }
    }

    /// A daemon that is started again begins with nothing: over the whole run nothing grows, whatever each of them loses.
    @Test func whatGrowsInEachLifeIsSeen() throws {
        let kept = try verdict(memory: (9_000_000, 9_900_000), descriptors: (80, 82), latency: (900, 900), lives: 3)
        #expect(kept.isMet && kept.checks.count == 6)
        let grown = try verdict(memory: (9_000_000, 30_000_000), descriptors: (80, 160), latency: (900, 900), lives: 3)
        #expect(
            grown.checks.filter { !$0.isMet }.map(\.what) == [
                "RssAnon of its longest life at most, bytes", "open descriptors of its longest life at most",
            ])
    }

    @Test func aRunWithoutSamplesIsNotKept() {
        let verdict = SoakVerdict(RunFigures(RunResult()), seconds: 30)
        #expect(!verdict.isMet && verdict.missing.count == 3)
        #expect(verdict.text.contains("has no figures"))
    }

    @Test func aDaemonThatDoesNotServeIsSeen() throws {
        let verdict = try verdict(memory: (9_000_000, 9_000_000), descriptors: (80, 80), latency: (900, 900), failedPercent: 2)
        #expect(verdict.checks.filter { !$0.isMet }.map(\.what) == ["failed or never sent, % of requests"])
        #expect(verdict.text.contains("MISSED"))
    }
}
