import Foundation
import Glibc
import SluiceClient
import SluiceTesting
import Testing

/// Import and export as people run them: everything comes back, whatever happens on the way.
@Suite struct TransferTests {
    private func sluice(_ arguments: String..., on daemon: DaemonProcess, input: String = "") async throws -> CommandRun {
        try await CommandRun.ended(arguments, on: daemon, input: input)
    }

    private func lines(_ count: Int) -> [String] {
        (0..<count).map { #"{"id":"\#(id($0))","n":\#($0),"text":"\#(String(repeating: "x", count: $0 % 100))"}"# }
    }

    private func id(_ number: Int) -> String { String(repeating: "0", count: 16) + String(format: "%08x", number) }

    private func exported(_ repository: String, from daemon: DaemonProcess) async throws -> [String] {
        let run = try await sluice("export", repository, on: daemon)
        #expect(run.ending == .exit(0), "\(run.complaint)")
        return run.lines
    }

    /// Every kind, its limits, and data that looks like a kind.
    private static let kinds = [
        "null", "true", "false", "0", "-1", "9223372036854775807", "-9223372036854775808", "1.0", "-0.0", "1e+300", "5e-324", "0.1",
        #""""#, #""text ä 漢 😀""#, #""\u001b\n\"\\""#, "[]", "{}", #"[1,[2,{"a":[]}]]"#, #"{"a":{"b":{"c":null}}}"#,
        #"{"$date":"2026-01-02T03:04:05.678Z"}"#, #"{"$date":"1969-12-31T23:59:59.999Z"}"#, #"{"$date":"0001-01-01T00:00:00.000Z"}"#,
        #"{"$oid":"65a1b2c3d4e5f60718293a4b"}"#, #"{"$numberDecimal":"1.50"}"#, #"{"$numberDecimal":"-12345678901234567890.123456789"}"#,
        #"{"$binary":{"base64":"AAEC/w==","subType":"00"}}"#, #"{"$binary":{"base64":"","subType":"00"}}"#,
        #"{"$escaped":{"$date":"no date"}}"#, #"{"$escaped":{"$escaped":1}}"#, #"{"list":[{"$date":"2026-01-02T00:00:00.000Z"}]}"#,
    ]

    @Test func everyKindComesBack() async throws {
        let daemon = try await DaemonProcess.started()
        defer { daemon.kill() }
        for name in ["first", "second"] { _ = try await sluice("define", name, on: daemon) }
        let records = Self.kinds.enumerated().map { #"{"id":"\#(id($0))","value":\#($1)}"# }
        let whole = records.joined(separator: "\n") + "\n"
        let run = try await sluice("import", "first", "--json", on: daemon, input: whole)
        #expect(run.output == #"{"imported":\#(records.count),"failed":0,"withoutKey":0}"# + "\n", "\(run.complaint)")
        let first = try await exported("first", from: daemon)
        for (line, record) in zip(first.sorted(), records) { #expect(line == record) }
        _ = try await sluice("import", "second", on: daemon, input: first.joined(separator: "\n"))
        #expect(try await exported("second", from: daemon).sorted() == first.sorted())
        #expect(first.count == records.count)
    }

    @Test func largeExportsHaveEachRecordOnce() async throws {
        let daemon = try await DaemonProcess.started()
        defer { daemon.kill() }
        _ = try await sluice("define", "users", on: daemon)
        let lines = lines(12_000)
        #expect(try await sluice("import", "users", on: daemon, input: lines.joined(separator: "\n")).ending == .exit(0))
        #expect(try await exported("users", from: daemon).sorted() == lines)
        #expect(try await sluice("export", "users", "--order", "-n", on: daemon).lines == lines.reversed())
        #expect(
            try await sluice("find", "users", "n>=6000", "--order", "n", "--limit", "700", "--json", on: daemon).lines
                == Array(lines[6000..<6700]))
        #expect(
            try await sluice("find", "users", "--order", "n", "--offset", "11900", "--json", on: daemon).lines == Array(lines[11_900...]))
        #expect(
            try await sluice("find", "users", "--order", "n", "--offset", "7", "--limit", "3", "--json", on: daemon).lines
                == Array(lines[7..<10]))
        #expect(try await sluice("find", "users", "--limit", "0", on: daemon).lines.count == 12_002)
    }

    @Test func anImportThatWasKilledIsCompletedByTheNext() async throws {
        let daemon = try await DaemonProcess.started()
        defer { daemon.kill() }
        _ = try await sluice("define", "users", on: daemon)
        let lines = lines(4_000)
        var ends: [Int32] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0)
        let (ours, theirs) = (ends[0], ends[1])
        defer { close(ours) }
        let process = try CommandRun.started(
            ["import", "users"], on: daemon, complaints: daemon.folder + "/killed", descriptors: [0: theirs])
        close(theirs)
        let beginning = Array((lines.prefix(2_000).joined(separator: "\n") + "\n" + lines[2_000].prefix(20)).utf8)
        try await blocking { #expect(write(ours, beginning, beginning.count) == beginning.count) }
        let client = try await daemon.connected()
        // It waits for the rest of a line, and what came before is not kept back.
        try await eventually("the lines that were given") { try await client.repository("users").count() == 2_000 }
        process.kill()
        let run = try await sluice("import", "users", on: daemon, input: lines.joined(separator: "\n"))
        #expect(run.output.hasPrefix("4,000 records imported"))
        #expect(try await exported("users", from: daemon).sorted() == lines)
    }

    @Test func aDaemonThatIsKilledCostsAnImportNothing() async throws {
        let daemon = try await DaemonProcess.started()
        defer { daemon.kill() }
        _ = try await sluice("define", "users", on: daemon)
        let lines = lines(100_000)
        let supply = try LineSupply(lines, at: daemon.folder + "/users.jsonl")
        let process = try CommandRun.started(["import", "users", supply.path], on: daemon, complaints: daemon.folder + "/told")
        let client = try await daemon.connected()
        try await eventually("some records; the import has written: \(process.written)") {
            try await client.repository("users").count() > 500
        }
        // There is always more to import until it is told that there is not.
        daemon.kill()
        try await daemon.start()
        let count = await supply.end()
        #expect(try await process.end() == .exit(0), "\(process.written)")
        #expect(process.written.filter { $0 != "," }.hasPrefix("\(count) records imported"), "\(process.written)")
        #expect(try await exported("users", from: daemon).sorted() == Array(lines[..<count]))
    }

    @Test func linesThatCannotBeImportedAreNamed() async throws {
        let daemon = try await DaemonProcess.started()
        defer { daemon.kill() }
        _ = try await sluice("define", "users", on: daemon)
        let good = lines(4)
        let input = [good[0], "", "{\"id\":", good[1], "[1]", "{\"id\":\"short\"}", good[2], "{\"n\":1}", good[3]].joined(separator: "\n")
        let stopped = try await sluice("import", "users", on: daemon, input: input)
        #expect(stopped.ending == .exit(EX_DATAERR))
        #expect(stopped.complaint.contains("line 3: malformed JSON"))
        let gone = try await sluice("import", "users", "--keep-going", on: daemon, input: input)
        #expect(gone.ending == .exit(EX_DATAERR))
        #expect(gone.output.hasPrefix("5 records imported"))
        for number in [3, 5, 6] { #expect(gone.complaint.contains("sluice: line \(number): "), "\(gone.complaint)") }
        #expect(gone.complaint.contains("3 lines not imported"))
        #expect(gone.complaint.contains("1 line without id"))
        let told = try await sluice("import", "users", "-k", "--json", on: daemon, input: "\n{")
        #expect(told.complaint.contains(#""line":2"#) && told.output == #"{"imported":0,"failed":1,"withoutKey":0}"# + "\n")
    }

    @Test func theLaterOfTwoLinesWins() async throws {
        let daemon = try await DaemonProcess.started()
        defer { daemon.kill() }
        _ = try await sluice("define", "places", "--hash-key", "country", "--range-key", "code", on: daemon)
        let lines = (0..<2_000).map { #"{"country":"fr","code":"\#($0 % 3)","n":\#($0)}"# }
        #expect(try await sluice("import", "places", on: daemon, input: lines.joined(separator: "\n")).complaint.isEmpty)
        let kept = try await sluice("find", "places", "--fields", "code,n", "--order", "code", "--json", on: daemon)
        #expect(kept.lines == [#"{"code":"0","n":1998}"#, #"{"code":"1","n":1999}"#, #"{"code":"2","n":1997}"#])
    }
}
