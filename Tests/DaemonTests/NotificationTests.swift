import Foundation
import Glibc
import SluiceTesting
import Testing

/// What a service manager hears (sd_notify(3)), as the unit's `Type=notify` wants it.
@Suite struct NotificationTests {
    private func message(from manager: NotificationSocket) async throws -> [String] {
        var message: [String]?
        try await eventually("a notification") {
            message = manager.next()
            return message != nil
        }
        return message!
    }

    @Test(arguments: ["path", "abstract"]) func readyWhenItListensAndStoppingWhenItLeaves(_ kind: String) async throws {
        let folder = TemporaryFolder()
        let name = kind == "path" ? folder + "/notify" : "@" + (folder + "/notify")
        let manager = try NotificationSocket(name)
        let socket = folder + "/sluice.sock"
        let daemon = try ChildProcess(
            [try ChildProcess.product("sluiced"), "--socket", socket, "--data", folder + "/data"], environment: ["NOTIFY_SOCKET": name],
            output: folder + "/log")
        let ready = try await message(from: manager)
        // Without another attempt: whoever is told that it is ready may connect.
        let client = try RawClient(socket)
        client.send(RawClient.hello + RawClient.ping)
        _ = try client.receive()
        #expect(try client.receive() == RawClient.pong)
        #expect(ready == ["READY=1", "STATUS=listening"])
        #expect(manager.next() == nil)
        daemon.send(SIGTERM)
        #expect(try await message(from: manager) == ["STOPPING=1", "STATUS=finishing what is in flight"])
        #expect(try await daemon.end() == .exit(0))
        #expect(manager.next() == nil, "nothing more, a watchdog's least of all")
    }

    @Test func aDaemonThatCannotStartIsNeverReady() async throws {
        let folder = TemporaryFolder()
        let manager = try NotificationSocket(folder + "/notify")
        let listener = try UnixSocket.listening(at: folder + "/sluice.sock")
        let daemon = try ChildProcess(
            [try ChildProcess.product("sluiced"), "--socket", folder + "/sluice.sock", "--data", folder + "/data"],
            environment: ["NOTIFY_SOCKET": folder + "/notify"], output: folder + "/log")
        #expect(try await daemon.end() == .exit(69))
        #expect(manager.next() == nil)
        withExtendedLifetime(listener) {}
    }
}
