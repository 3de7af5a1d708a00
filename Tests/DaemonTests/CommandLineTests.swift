import Foundation
import Glibc
import SluiceClient
import SluiceTesting
import Testing

/// The command line as people and scripts run it, against the daemon as it is built, on the embedded store.
@Suite struct CommandLineTests {
    private func sluice(_ arguments: String..., on daemon: DaemonProcess, input: String = "") async throws -> CommandRun {
        try await CommandRun.ended(arguments, on: daemon, input: input)
    }

    @Test func theFirstWalkOfTheHelp() async throws {
        let daemon = try await DaemonProcess.started()
        defer { daemon.kill() }
        #expect(try await sluice("ping", on: daemon).output.contains("answers in"))
        #expect(try await sluice("define", "users", "--unique", "email", on: daemon).output.contains("email (unique)"))
        #expect(try await sluice("save", "users", "email=ann@example.org", "name=Ann", "age=30", on: daemon).ending == .exit(0))
        let bo = "00000000000000000000000b"
        let record = #"{"id":"\#(bo)","email":"bo@example.org","name":"Bo"}"#
        #expect(try await sluice("save", "users", "--json", on: daemon, input: record).output == record + "\n")
        let grown = try await sluice("find", "users", "age>=18", "--order", "name", "--fields", "name,age", on: daemon)
        #expect(grown.lines == ["name  age", "----  ---", "Ann    30"])
        #expect(try await sluice("save", "users", "--where", "email=ann@example.org", "name=Anna", on: daemon).output.contains("Anna"))
        #expect(try await sluice("count", "users", "name~An%", on: daemon).output == "1\n")
        let plan = try await sluice("find", "users", "email=ann@example.org", "--explain", on: daemon).output
        #expect(plan.contains("USING INDEX") && plan.contains("records  1"))
        #expect(try await sluice("get", "users", bo, "--fields", "name", "--json", on: daemon).output == #"{"name":"Bo"}"# + "\n")
        #expect(try await sluice("repositories", on: daemon).output.contains("users"))
        #expect(try await sluice("stats", "--json", on: daemon).output.contains(#""requests":{"#))
        #expect(try await sluice("delete", "users", bo, on: daemon).output == "1 deleted\n")
        #expect(try await sluice("delete", "users", "--all", "--json", on: daemon).output == #"{"deleted":1}"# + "\n")
    }

    @Test func theProgramsSayWhichTheyAre() async throws {
        let root = #filePath[..<#filePath.range(of: "/Tests/")!.lowerBound]
        let changes = try String(contentsOfFile: root + "/CHANGELOG.md", encoding: .utf8)
        let newest = try #require(changes.split(separator: "\n").first { $0.hasPrefix("## ") })
        let folder = TemporaryFolder()
        for program in ["sluice", "sluiced"] {
            let process = try ChildProcess([try ChildProcess.product(program), "--version"], output: folder + "/\(program)")
            #expect(try await process.end() == .exit(0))
            #expect(newest.hasPrefix("## \(process.written.dropLast()),"))
        }
    }

    @Test func failuresHaveTheirExitCodes() async throws {
        let daemon = try await DaemonProcess.started()
        defer { daemon.kill() }
        _ = try await sluice("define", "users", "--unique", "email", on: daemon)
        _ = try await sluice("save", "users", "email=a", on: daemon)
        #expect(try await sluice("get", "users", "nobody", on: daemon).ending == .exit(1))
        #expect(try await sluice("delete", "users", "email=z", on: daemon).ending == .exit(1))
        #expect(try await sluice("find", "users", "age", on: daemon).ending == .exit(EX_USAGE))
        #expect(try await sluice("delete", "users", on: daemon).ending == .exit(EX_USAGE))
        #expect(try await sluice("save", "users", "age=@never", on: daemon).ending == .exit(EX_USAGE))
        #expect(try await sluice("save", "users", "email=a", on: daemon).ending == .exit(EX_CANTCREAT))
        let undefined = try await sluice("find", "users2", on: daemon)
        #expect(undefined.ending == .exit(EX_NOINPUT))
        #expect(undefined.complaint.contains("'sluice define NAME'"))
        #expect(try await sluice("import", "users2", on: daemon, input: "{}\n").ending == .exit(EX_NOINPUT))
        #expect(try await sluice("import", "users", "/nonexistent", on: daemon).ending == .exit(EX_NOINPUT))
        let absent = try await sluice("ping", "--socket", "/nonexistent/s", "--json", on: daemon)
        #expect(absent.ending == .exit(EX_UNAVAILABLE))
        #expect(absent.complaint.contains("/nonexistent/s") && absent.complaint.hasPrefix(#"{"error":{"code":"unavailable""#))
        #expect(absent.output.isEmpty)
    }

    @Test func aRecordCannotDriveATerminal() async throws {
        let daemon = try await DaemonProcess.started()
        defer { daemon.kill() }
        _ = try await sluice("define", "users", on: daemon)
        let evil = #"{"n\u001bame":"\u001b]0;x\u0007","m":{"\u009b":"\u202e"}}"#
        for arguments in [
            ["save", "users"], ["find", "users"], ["get", "users", "m?"], ["find", "users", "--json"], ["export", "users"],
        ] {
            let run = try await CommandRun.ended(arguments, on: daemon, input: evil)
            #expect(run.ending == .exit(0), "\(arguments): \(run.complaint)")
            #expect(run.output.contains("\\u001b") || run.output.contains("\\u001B"), "\(arguments)")
            #expect(!run.output.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" }, "\(arguments)")
        }
    }

    @Test(arguments: [true, false])
    func coloursAreForTerminalsAndOnlyIfWanted(isWanted: Bool) async throws {
        let daemon = try await DaemonProcess.started()
        defer { daemon.kill() }
        _ = try await sluice("define", "users", on: daemon)
        _ = try await sluice("save", "users", "name=Ann", on: daemon)
        let terminal = try Pseudoterminal()
        let process = try CommandRun.started(
            ["find", "users", "--fields", "name"], on: daemon, environment: ["TERM": "xterm", "NO_COLOR": isWanted ? "" : "1"],
            complaints: daemon.folder + "/complaints", descriptors: [1: terminal.theirs])
        #expect(try await process.end() == .exit(0))
        #expect(terminal.shown.contains("\u{1b}[1m") == isWanted)
        #expect(terminal.shown.contains("Ann"))
    }

    @Test func progressIsForTerminals() async throws {
        let daemon = try await DaemonProcess.started()
        defer { daemon.kill() }
        _ = try await sluice("define", "users", on: daemon)
        _ = try await sluice("save", "users", "name=Ann", on: daemon)
        #expect(try await sluice("export", "users", on: daemon).complaint.isEmpty)
        let terminal = try Pseudoterminal()
        let process = try CommandRun.started(
            ["export", "users"], on: daemon, complaints: daemon.folder + "/exported", descriptors: [2: terminal.theirs])
        #expect(try await process.end() == .exit(0))
        #expect(terminal.shown.contains("1 record exported in"))
        #expect(process.written.contains(#""name":"Ann""#) && !process.written.contains("exported"))
    }

    @Test func aReaderThatLeavesEndsItQuietly() async throws {
        let daemon = try await DaemonProcess.started()
        defer { daemon.kill() }
        _ = try await sluice("define", "users", on: daemon)
        let lines = (0..<5_000).map { #"{"n":\#($0),"text":"\#(String(repeating: "x", count: 200))"}"# }.joined(separator: "\n")
        #expect(try await sluice("import", "users", on: daemon, input: lines).output.hasPrefix("5,000 records imported"))
        // A pipe whose ends are closed on exec from their first moment: no other test's child holds the reader's.
        let pipe = daemon.folder + "/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        let reader = open(pipe, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        let writer = open(pipe, O_WRONLY | O_CLOEXEC)
        let process = try CommandRun.started(
            ["export", "users"], on: daemon, complaints: daemon.folder + "/quiet", descriptors: [1: writer])
        close(writer)
        // It has begun, and a pipe takes a small part of what it will write.
        var byte: UInt8 = 0
        try await eventually("a first byte") { read(reader, &byte, 1) == 1 }
        close(reader)
        #expect(try await process.end() == .signal(SIGPIPE))
        #expect(process.written.isEmpty)
    }
}
