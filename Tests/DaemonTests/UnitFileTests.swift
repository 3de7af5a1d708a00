import Foundation
import Glibc
import SluiceClient
import SluiceTesting
import Testing

/// The units in `systemd/`: understood by systemd, as tight as they are meant to be, and the daemon serves under their rules.
@Suite struct UnitFileTests {
    /// What `systemd-analyze security` gives the service, 10 being no protection at all. What is left is the network, for engines there,
    /// the file system's root, and PrivateUsers=, which would hide who the peers are.
    private static let exposure = 1.2

    private static let units = String(#filePath[..<#filePath.range(of: "/Tests/")!.lowerBound]) + "/systemd/"

    private func text(_ unit: String) throws -> String { try String(contentsOfFile: Self.units + unit, encoding: .utf8) }

    /// Runs a program to its end.
    private func run(_ command: [String]) async throws -> (ChildProcess.Ending, String) {
        let folder = TemporaryFolder()
        let process = try ChildProcess(command, environment: ["SYSTEMD_PAGER": "", "SYSTEMD_COLORS": "0"], output: folder + "/output")
        return (try await process.end(), process.written)
    }

    /// Lets systemd judge both units, with the daemon as it was built in the place where it would be installed.
    private func verified(_ change: (String) -> String = { $0 }) async throws -> (ChildProcess.Ending, String) {
        let folder = TemporaryFolder()
        let installed = "ExecStart=/usr/bin/sluiced "
        let service = try text("sluice.service")
        #expect(service.contains(installed))
        let daemon = "ExecStart=\(try ChildProcess.product("sluiced")) "
        let paths = [
            try folder.write(change(service.replacingOccurrences(of: installed, with: daemon)), to: "sluice.service"),
            try folder.write(try text("sluice.socket"), to: "sluice.socket"),
        ]
        return try await run(["systemd-analyze", "verify"] + paths)
    }

    @Test func systemdUnderstandsEveryLine() async throws {
        let (ending, said) = try await verified()
        #expect(ending == .exit(0))
        #expect(said == "")
    }

    @Test(arguments: [("NoNewPrivileges=yes", "NoNewPrivilege=yes"), ("Requires=sluice.socket", "Requires=sluice.sock")])
    func aLineThatItDoesNotUnderstandWouldShow(_ right: String, _ wrong: String) async throws {
        let (_, said) = try await verified { $0.replacingOccurrences(of: right, with: wrong) }
        #expect(said.contains("sluice.service"), "\(said)")
    }

    private func exposure(_ change: (String) -> String = { $0 }) async throws -> Double {
        let folder = TemporaryFolder()
        let unit = try folder.write(change(try text("sluice.service")), to: "sluice.service")
        let (_, said) = try await run(["systemd-analyze", "security", "--offline=true", "--no-pager", unit])
        let line = try #require(said.split(separator: "\n").last { $0.contains("Overall exposure level") }, "\(said)")
        let number = line.split(separator: " ").compactMap { Double($0) }.first
        return try #require(number, "\(line)")
    }

    @Test func theServiceIsAsTightAsItIsMeantToBe() async throws {
        #expect(try await exposure() <= Self.exposure)
        #expect(try await exposure { $0.replacingOccurrences(of: "PrivateMounts=yes\n", with: "") } > Self.exposure)
        // What its comment promises to those who need no network.
        let alone = try await exposure {
            $0.replacingOccurrences(of: "[Install]", with: "PrivateNetwork=yes\nIPAddressDeny=any\n[Install]")
        }
        #expect(alone < 0.7)
    }

    private func confined(_ command: [String]) -> [String] {
        ["python3", Self.units + "confined.py", Self.units + "sluice.service"] + command
    }

    @Test func theDaemonServesUnderTheRulesOfItsUnit() async throws {
        let folder = TemporaryFolder()
        let socket = folder + "/sluice.sock"
        let daemon = try ChildProcess(
            confined([try ChildProcess.product("sluiced"), "--socket", socket, "--data", folder + "/data"]), output: folder + "/log")
        try await eventually("a daemon that listens:\n\(daemon.written)") {
            if let ending = daemon.ending { throw Failure("it has ended (\(ending)):\n\(daemon.written)") }
            return (try? RawClient(socket)) != nil
        }
        let status = try String(contentsOfFile: "/proc/\(daemon.pid ?? 0)/status", encoding: .utf8)
        #expect(status.contains("NoNewPrivs:\t1\n") && status.contains("Seccomp:\t2\n"))
        let client = try await SluiceClient.connect(path: socket, timeout: .seconds(60))
        let things = try await client.defineRepository("things", ["name": "things", "indexes": ["n"]])
        _ = try await things.saveMany((0..<100).map { ["n": .integer($0)] as Record })
        #expect(try await things.getAll(Filter().gte("n", 50), order: [.descending("n")], as: Record.self).count == 50)
        #expect(try await things.deleteAll(Filter().lt("n", 50)) == 50)
        daemon.send(SIGTERM)
        #expect(try await daemon.end() == .exit(0))
        #expect(!daemon.written.contains("warning") && !daemon.written.contains("error"), "\(daemon.written)")
    }

    @Test(arguments: [
        "import os; os.setpriority(os.PRIO_PROCESS, 0, 5)", "import os; os.chroot('/')", "import mmap; mmap.mmap(-1, 4096, prot=7)",
        "import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    ])
    func thoseRulesAreInForce(_ forbidden: String) async throws {
        let (ending, said) = try await run(confined(["python3", "-c", forbidden]))
        #expect(ending == .exit(1))
        #expect(said.contains("Operation not permitted"), "\(said)")
    }
}
