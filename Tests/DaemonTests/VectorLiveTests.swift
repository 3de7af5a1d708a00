import SluiceTesting
import Testing

/// Every vector that a client may send, to a real daemon; another client is there all the while.
@Suite(.serialized) struct VectorLiveTests {
    @Test func theDaemonAnswersAsTheVectorsSay() async throws {
        let daemon = try await DaemonProcess.started()
        // Not left to the last reference: the thread may hold it when the program ends.
        defer { daemon.kill() }
        let failures = try await blocking { [socket = daemon.socket] in try Self.run(on: socket, .whole) { _ in true } }
        for failure in failures { Issue.record("\(failure)") }
        #expect(daemon.pid != nil)
    }

    @Test func whatIsWrongIsWrongByteForByteToo() async throws {
        let daemon = try await DaemonProcess.started()
        // Not left to the last reference: the thread may hold it when the program ends.
        defer { daemon.kill() }
        let failures = try await blocking { [socket = daemon.socket] in
            try Self.run(on: socket, .bytewise) { vector in
                vector.meanings.count == 1 && vector.hex.utf8.count < 512 && !vector.hex.contains("*")
                    && [.invalid, .refused, .incomplete].contains(vector.meanings[0].kind)
            }
        }
        for failure in failures { Issue.record("\(failure)") }
    }

    /// What was wrong, by the vectors' names.
    private static func run(on socket: String, _ sending: VectorRun.Sending, _ isChosen: (Vector) -> Bool) throws -> [String] {
        let vectors = try Vector.all()
        let named = Dictionary(uniqueKeysWithValues: vectors.map { ($0.name, $0) })
        let bystander = try RawClient(socket)
        bystander.send(RawClient.hello)
        _ = try bystander.receive()
        var failures: [String] = []
        var count = 0
        for vector in vectors where vector.direction != .daemonToClient && isChosen(vector) {
            do {
                var run = try VectorRun(vector, socket, named: named)
                failures += try run.problems(sending).map { "\(vector): \($0)" }
            } catch {
                failures.append("\(vector): \(error)")
            }
            count += 1
            if count % 20 == 0 {
                bystander.send(RawClient.ping)
                if try bystander.receive() != RawClient.pong { failures.append("\(vector) disturbed another client") }
            }
        }
        bystander.send(RawClient.ping)
        if try bystander.receive() != RawClient.pong { failures.append("another client was disturbed") }
        if count < 100 { failures.append("only \(count) vectors were sent") }
        return failures
    }
}
