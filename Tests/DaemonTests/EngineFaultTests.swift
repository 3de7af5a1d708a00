import Foundation
import Glibc
import SluiceClient
import SluiceTesting
import Testing

/// A daemon whose engine's server is killed, stands still, fails or comes late, while processes write: each request ends by its deadline,
/// what was acknowledged is there once, repositories on another engine do not notice, and all is well again without the daemon's restart.
@Suite(.serialized) struct EngineFaultTests {
    @Test(arguments: EngineScene.programs) func aServerIsKilledAndComesBack(_ program: TestProgram) async throws {
        let scene = try await EngineScene(program)
        try await scene.underLoad { _, embedded in
            scene.server.send(SIGKILL)
            try await embedded.wait(for: 100, log: scene.daemon.log)
            try await blocking { try scene.server.start() }
        }
    }

    @Test(arguments: EngineScene.programs) func aServerStandsStill(_ program: TestProgram) async throws {
        let scene = try await EngineScene(program)
        try await scene.underLoad { _, embedded in
            scene.server.send(SIGSTOP)
            defer { scene.server.send(SIGCONT) }
            let begun = ContinuousClock.now
            let error = await #expect(throws: SluiceError.self) {
                _ = try await scene.client.repository("things").getOne(.match("key", "nobody"), deadline: .seconds(2))
            }
            #expect([.deadlineExceeded, .unavailable].contains(error?.code), "\(String(describing: error))")
            #expect(error?.isOutcomeKnown == true, "a read changes nothing")
            // The server would have held it for as long as it stands still.
            #expect(ContinuousClock.now - begun < .seconds(60))
            try await embedded.wait(for: 100, log: scene.daemon.log)
        }
    }

    @Test(arguments: EngineScene.programs) func aServerComesLate(_ program: TestProgram) async throws {
        let server = try await blocking { try EngineScene.server(program) }
        server.send(SIGKILL)
        try await blocking { try server.waitForEnd() }
        let daemon = try await EngineScene.daemon(on: program, at: server.address)
        let client = try await daemon.connected()
        let error = await #expect(throws: SluiceError.self) {
            _ = try await client.defineRepository("things", EngineScene.definition(of: "things"), deadline: .seconds(3))
        }
        #expect(error?.code == .unavailable || error?.code == .deadlineExceeded)
        let others = try await client.defineRepository("others", EngineScene.definition(of: "others", backend: "embedded"))
        _ = try await others.save(["key": "there"] as Record)
        try await blocking { try server.start() }
        let things = try await client.defineRepository("things", EngineScene.definition(of: "things"))
        _ = try await things.save(["key": "at last"] as Record)
        #expect(try await things.count() == 1)
    }

    /// Errors of MongoDB's own, by SecantusDB's fail points
    /// (https://github.com/mongodb/mongo/wiki/The-failCommand-Fail-Point): interrupted, not the primary, shutting down, a connection that
    /// ends.
    @Test(arguments: ["errorCode: 11600", "errorCode: 91", "errorCode: 10107", "errorCode: 13435", "closeConnection: True"])
    func aServerFails(_ failure: String) async throws {
        let scene = try await EngineScene(.secantusdb, arguments: ["--enable-test-commands"])
        let things = scene.client.repository("things")
        _ = try await things.save(["key": "old", "n": 1] as Record)
        try await scene.fail("['insert', 'findAndModify', 'find']", times: 2, failure)
        // The stub sends a create and a read again by itself.
        _ = try await things.save(["key": "new"] as Record)
        #expect(try await things.count(.match("key", "new")) == 1)
        try await scene.fail("['findAndModify']", times: 1, failure)
        do {
            _ = try await things.save(["n": 2] as Record, where: .match("key", "old"), as: Record.self)
        } catch {
            #expect(error.code == .unavailable && error.isRetryable)
            // Only a server that is not the primary says that it has done nothing; an update of unknown outcome is never sent again.
            #expect(error.isOutcomeKnown == ["errorCode: 10107", "errorCode: 13435"].contains(failure))
        }
        #expect(try await things.getOne(.match("key", "old"), as: Record.self)["key"] == "old")
    }
}
