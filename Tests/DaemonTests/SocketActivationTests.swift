import Foundation
import Glibc
import SluiceTesting
import Testing

/// The daemon with a listener that was handed to it, as systemd's socket activation does.
@Suite struct SocketActivationTests {
    private func program(of process: ChildProcess) throws -> String {
        let path = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process.pid ?? 0)/exe")
        return String(path.split(separator: "/").last ?? "")
    }

    /// The flags of a descriptor of another process (proc(5), fdinfo).
    private func flags(of descriptor: Int32, in process: ChildProcess) throws -> Int32 {
        let lines = try String(contentsOfFile: "/proc/\(process.pid ?? 0)/fdinfo/\(descriptor)", encoding: .utf8).split(separator: "\n")
        let text = lines.first { $0.hasPrefix("flags:") }.flatMap { $0.split(separator: "\t").last } ?? ""
        return Int32(text, radix: 8) ?? 0
    }

    @Test func aClientThatComesBeforeTheDaemonIsAnswered() async throws {
        let folder = TemporaryFolder()
        let socket = folder + "/sluice.sock"
        let process = try ChildProcess(
            ["systemd-socket-activate", "--listen", socket, try ChildProcess.product("sluiced")]
                + ["--data", folder + "/data", "--socket", folder + "/not-here"],
            output: folder + "/log")
        try await eventually("a listener; the log:\n\(process.written)") { process.written.contains("Listening on") }
        #expect(try program(of: process) == "systemd-socket-activate")
        let client = try RawClient(socket)
        client.send(RawClient.hello + RawClient.ping)
        _ = try await blocking { try client.receive() }
        #expect(try client.receive() == RawClient.pong)
        #expect(try program(of: process) == "sluiced")
        #expect(try flags(of: 3, in: process) & (O_CLOEXEC | O_NONBLOCK) == O_CLOEXEC | O_NONBLOCK)
        #expect(!FileManager.default.fileExists(atPath: folder + "/not-here"))
        process.send(SIGTERM)
        #expect(try await process.end() == .exit(0))
        #expect(FileManager.default.fileExists(atPath: socket), "the socket's file is the service manager's")
    }

    @Test(arguments: [["LISTEN_PID": "1", "LISTEN_FDS": "1"], ["LISTEN_FDS": "1"]])
    func whatIsMeantForAnotherProcessIsIgnored(_ environment: [String: String]) async throws {
        let daemon = try await DaemonProcess.started(environment: environment)
        #expect(try await daemon.terminate() == 0)
    }

    /// What descriptor 3 may be but a listening Unix stream socket.
    enum WrongKind: String, CaseIterable {
        case file = "not a socket"
        case datagram = "datagram"
        case network = "network socket"
        case connected = "does not listen"

        func make(in folder: TemporaryFolder) throws -> UnixSocket {
            switch self {
            case .file: UnixSocket(adopting: open("/dev/null", O_RDONLY | O_CLOEXEC))
            case .datagram: try .bound(SOCK_DGRAM, to: folder + "/datagram")
            case .network: UnixSocket(adopting: socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
            case .connected: try UnixSocket(SOCK_STREAM)
            }
        }
    }

    /// Starts a daemon that is told, under its own process id, that descriptors from 3 on are its listeners.
    private func start(_ count: String, _ descriptors: KeyValuePairs<Int32, Int32>, in folder: TemporaryFolder) throws -> ChildProcess {
        // The shell becomes the daemon, and its id stays.
        try ChildProcess(
            ["/bin/sh", "-c", #"LISTEN_PID=$$ exec "$0" "$@""#, try ChildProcess.product("sluiced")]
                + ["--socket", folder + "/own.sock", "--data", folder + "/data"],
            environment: ["LISTEN_FDS": count], output: folder + "/log", descriptors: descriptors)
    }

    @Test func noDescriptorsAreNone() async throws {
        let folder = TemporaryFolder()
        let process = try start("0", [:], in: folder)
        try await eventually("a socket of its own:\n\(process.written)") { (try? RawClient(folder + "/own.sock")) != nil }
        process.send(SIGTERM)
        #expect(try await process.end() == .exit(0))
    }

    @Test(arguments: WrongKind.allCases) func whatIsNoListeningUnixStreamSocketIsRefused(_ kind: WrongKind) async throws {
        let folder = TemporaryFolder()
        let wrong = try kind.make(in: folder)
        let process = try start("1", [3: wrong.descriptor], in: folder)
        #expect(try await process.end() == .exit(EX_CONFIG))
        #expect(process.written.contains("handed over") && process.written.contains(kind.rawValue), "\(process.written)")
        #expect(!FileManager.default.fileExists(atPath: folder + "/data"), "nothing was touched")
    }

    @Test func twoListenersAreRefused() async throws {
        let folder = TemporaryFolder()
        let listeners = try ["/a", "/b"].map { try UnixSocket.listening(at: folder + $0) }
        let process = try start("2", [3: listeners[0].descriptor, 4: listeners[1].descriptor], in: folder)
        #expect(try await process.end() == .exit(EX_CONFIG))
        #expect(process.written.contains("exactly one"))
    }
}
