import Glibc
import SluiceTesting
import Testing

/// The servers that engines are tested against start, answer, come again and leave nothing behind.
@Suite struct TestServerTests {
    @Test(arguments: TestProgram.allCases) func answersUntilItsLastReferenceGoes(_ program: TestProgram) async throws {
        let pid = try await blocking {
            let server = try TestServer(program)
            let pid = try #require(server.pid)
            #expect(kill(pid, 0) == 0)
            return pid
        }
        #expect(kill(pid, 0) == -1 && errno == ESRCH)
    }

    @Test func comesAgainWhereItWas() async throws {
        try await blocking {
            let server = try TestServer(.roto)
            let before = try #require(server.pid)
            server.send(SIGKILL)
            try server.start()
            let after = try #require(server.pid)
            #expect(after != before && kill(after, 0) == 0)
        }
    }

    @Test func isSharedByAllWhoAsk() async throws {
        async let first = TestServer.shared(.roto)
        async let second = TestServer.shared(.roto)
        #expect(try await first === second)
    }
}
