import Foundation
import SluiceProtocol
import SluiceTesting
import Synchronization
import Testing

@testable import SluiceDynamo

/// Loads on an engine's server without Sluice, by its own driver, beside the same load through the daemon.
@Suite(.serialized) struct DirectRunTests {
    static let short = ["--seconds", "1", "--runs", "1", "--directory", "/tmp"]

    /// A ratio of two open loops means something only when both stop at the same time and say what they did not send.
    @Test func bothSidesOfAnOpenLoopSayWhatTheyDidNotSend() async throws {
        let run = try await StressRun.ended(
            ["run", "a", "--engine", "sqlite", "--direct", "--rate", "1000000", "--clients", "4", "--records", "100", "--json"] + Self.short
        )
        try #require(run.status == 0, "\(run.complaint)")
        let figures = try run.figuresOfAllServers()
        #expect(figures.count == 2)
        for figures in figures {
            let counts = ["requests", "failed", "unsent"].map { figures[$0] as? Int ?? 0 }
            #expect(counts[2] > 0)
            #expect((999_000...1_001_000).contains(counts.reduce(0, +)), "\(counts)")
        }
    }

    /// One request in a thousand seconds: both sides answer nothing in their window.
    @Test func theRatioToNothingIsADash() async throws {
        let folder = TemporaryFolder()
        let run = try await StressRun.ended(
            [
                "run", "c", "--engine", "sqlite", "--direct", "--rate", "0.001", "--clients", "1", "--records", "1", "--seconds", "0.1",
                "--runs", "1", "--directory", "/tmp", "--save", "\(folder.path)/saved", "--html", "\(folder.path)/page.html",
            ])
        try #require(run.status == 0, "\(run.complaint)")
        #expect(run.output.contains("sqlite directly: – (–..–)"), "\(run.output)")
        let saved = try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/saved"))
        #expect(try JSONSerialization.jsonObject(with: saved) is [String: Any])
    }

    /// Two descriptors for each connection are more than the relay may have unless it asks, and nobody waits for another one's server.
    @Test func manyConnectionsReachAnEngineThatIsFarAway() async throws {
        let run = try await StressRun.ended(
            [
                "run", "c", "--engine", "dynamodb", "--engine-delay", "2", "--direct", "--clients", "150", "--records", "50", "--json",
                "--seconds", "15",
            ] + Self.short.dropFirst(2), descriptors: 256)
        try #require(run.status == 0, "\(run.complaint)")
        let figures = try run.figuresOfAllServers()
        #expect(figures.count == 2)
        for figures in figures {
            #expect((figures["p50Microseconds"] as? Double ?? 0) >= 2_000)
            #expect((figures["requests"] as? Int ?? 0) > 150)
        }
    }

    /// Credentials that AWS gave for a while are worth nothing without their token, which is signed with the rest.
    @Test func aSessionTokenIsSentAndSigned() async throws {
        let heads = Mutex<[LoopbackRequest]>([])
        let server = try LoopbackServer { request in
            heads.withLock { $0.append(request) }
            return .text(#"{"__type": "AccessDeniedException"}"#, status: 400)
        }
        let credentials = AWSCredentials(accessKeyID: "ASIAEXAMPLE", secretAccessKey: "secret/example", sessionToken: "token/of+one==")
        let run = try await StressRun.ended(
            ["run", "c", "--target", "dynamodb+\(server.url)/"] + Self.short,
            environment: [
                "AWS_ACCESS_KEY_ID": credentials.accessKeyID, "AWS_SECRET_ACCESS_KEY": credentials.secretAccessKey,
                "AWS_SESSION_TOKEN": credentials.sessionToken!, "AWS_REGION": "eu-central-1",
            ])
        #expect(run.status == 69 && run.complaint.contains("AccessDenied"), "\(run.complaint)")
        let request = try #require(heads.withLock { $0.first })
        #expect(request.headers["x-amz-security-token"] == credentials.sessionToken)
        // The header has whole seconds; the request was made within the last ten minutes.
        let now = Int64(Date().timeIntervalSince1970)
        let timestamp = try #require(
            (now - 600...now).lazy.compactMap { Timestamp(milliseconds: $0 * 1_000) }
                .first { SignatureV4.text($0) == request.headers["x-amz-date"] })
        let names = ["content-type", "host", "x-amz-date", "x-amz-security-token", "x-amz-target"]
        let signed = SignableRequest(
            method: "POST", headers: names.map { HTTPHeader($0, request.headers[$0] ?? "") }, body: request.body)
        var signature = SignatureV4(region: "eu-central-1", service: "dynamodb")
        #expect(request.headers["authorization"] == signature.authorization(signed, credentials, at: timestamp))
    }
}
