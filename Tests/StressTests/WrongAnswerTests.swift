import Foundation
import SluiceClient
import Testing

/// A server that is wrong is found out: the run ends with exit code 76 and says what it saw.
@Suite(.serialized) struct WrongAnswerTests {
    private static let wrongAnswer: Int32 = 76

    /// Starts a daemon, lets a run work on it through `place`, and meddles meanwhile, until the run has ended and meddling is cancelled.
    private func run(
        _ workload: String, through place: (LiveDaemon) throws -> String = { $0.socket },
        clients: Int = 8, records: Int = 20, more: [String] = [],
        meddling: @escaping @Sendable (SluiceClient) async throws -> Void = { _ in }
    ) async throws -> StressRun {
        let daemon = try await LiveDaemon()
        let client = try await SluiceClient.connect(path: daemon.socket)
        let target = try place(daemon)
        let meddler = Task { try await meddling(client) }
        defer { meddler.cancel() }
        let run = try await StressRun.ended(
            [
                "run", workload, "--target", target, "--seconds", "30", "--runs", "1", "--records", "\(records)", "--clients", "\(clients)",
                "--processes", "2",
            ] + more)
        meddler.cancel()
        _ = await meddler.result
        return run
    }

    /// The harness's own repository, once it is full.
    private static func repository(_ client: SluiceClient) async throws -> Repository {
        for _ in 0..<600 {
            let repository = client.repository("sluice-stress-mix")
            if let count = try? await repository.count(), count == 20 { return repository }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw CancellationError()
    }

    @Test func aVanishedRecordIsMissed() async throws {
        let run = try await run(
            "c",
            meddling: { client in
                let repository = try await Self.repository(client)
                _ = try await repository.deleteAll(Filter(), all: true)
            })
        #expect(run.status == Self.wrongAnswer, "\(run.output)")
        #expect(run.complaint.contains("was acknowledged and is not found"))
    }

    @Test func anOldValueIsRecognised() async throws {
        let run = try await run(
            "a",
            meddling: { client in
                let repository = try await Self.repository(client)
                let record: Record = try await repository.getOne(Filter())
                let id = try #require(record["id"]?.string)
                let text = try #require(record["field0"]?.string)
                // Until somebody has overwritten it for certain, it is no old value.
                for _ in 0..<600 {
                    let now: Record = try await repository.getOne(Filter().match("id", id))
                    if now["field0"]?.string != text { break }
                    try await Task.sleep(for: .milliseconds(20))
                }
                // Then again and again, for as long as the run lasts.
                let old: Record = ["field0": .string(text)]
                while !Task.isCancelled {
                    try? await Task.sleep(for: .milliseconds(50))
                    _ = try? await repository.save(old, where: Filter().match("id", id))
                }
            })
        #expect(run.status == Self.wrongAnswer, "\(run.output)")
        #expect(run.complaint.contains("was overwritten"))
    }

    @Test func aChangedByteIsSeen() async throws {
        let run = try await run(
            "c",
            through: { daemon in
                try LyingProxy.start(before: daemon.socket, at: "\(daemon.folder.path)/lie.sock")
            })
        #expect(run.status == Self.wrongAnswer, "\(run.output)")
        #expect(run.complaint.contains("shows what nobody wrote"))
    }

    @Test func anUpdateThatAnswersWhatWasThereBeforeIsSeen() async throws {
        let run = try await run(
            "a",
            through: { daemon in
                try PreimageProxy.start(before: daemon.socket, at: "\(daemon.folder.path)/lie.sock")
            }, clients: 1, records: 1, more: ["--fields", "1"])
        #expect(run.status == Self.wrongAnswer, "\(run.output)")
        #expect(run.complaint.contains("the answer to the update of field0"))
    }
}
