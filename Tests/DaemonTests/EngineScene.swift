import Foundation
import Glibc
import SluiceClient
import SluiceTesting
import Testing

/// A daemon with two backends, a real server's and the embedded one, and writers on both. The test that disturbs the server owns it.
struct EngineScene {
    let server: TestServer
    let daemon: DaemonProcess
    let client: SluiceClient

    init(_ program: TestProgram, arguments: [String] = []) async throws {
        let server = try await blocking { try Self.server(program, arguments) }
        self.server = server
        daemon = try await Self.daemon(on: server)
        client = try await SluiceClient.connect(path: daemon.socket, options: ClientOptions(deadline: .seconds(8)))
        _ = try await client.defineRepository("things", Self.definition(of: "things"))
        _ = try await client.defineRepository("others", Self.definition(of: "others", backend: "embedded"))
    }

    /// A server that keeps what it has acknowledged when it is killed.
    static func server(_ program: TestProgram, _ arguments: [String] = []) throws -> TestServer {
        try TestServer(program, arguments: arguments + (program == .roto ? ["--durable"] : ["--sync-on-commit"]))
    }

    static func daemon(on server: TestServer) async throws -> DaemonProcess {
        let backend =
            server.program == .roto || server.program == .moto
            ? """
            {"dbName": "dynamodb", "dbInfo": {"endpoint": "http://\(server.address)", "awsRegion": "us-east-1",
             "AWSSecretKeyID": "faults", "AWSSecretAccessKey": "faults"}}
            """ : #"{"dbName": "mongodb", "dbInfo": {"host": "\#(server.address)", "database": "faults"}}"#
        return try await DaemonProcess.started(
            configuration: #"{"backends": {"main": \#(backend), "embedded": {"dbName": "sqlite", "dbInfo": {}}}, "default": "main"}"#)
    }

    static func definition(of name: String, backend: String = "main") -> StructuredValue {
        .map(["name": .string("\(name)-faults"), "hashKey": "key", "backend": .string(backend)])
    }

    /// Runs writers on both engines, disturbs the server, waits until all get on again, and holds what is stored against what they know.
    /// - Parameter disturb: gets the progress of the writers that must not notice.
    func underLoad(_ disturb: @Sendable (LoadProgress) async throws -> Void) async throws {
        let (main, embedded) = (LoadProgress(workers: 6), LoadProgress(workers: 2))
        let (things, others) = (client.repository("things"), client.repository("others"))
        async let mainLedgers = write(to: things, main)
        async let embeddedLedgers = write(to: others, embedded)
        do {
            try await main.wait(for: 10, log: daemon.log)
            try await disturb(embedded)
            try await main.wait(for: 10, log: daemon.log)
        } catch {
            main.end()
            embedded.end()
            throw error
        }
        main.end()
        embedded.end()
        try await check(mainLedgers, in: things)
        let undisturbed = try await embeddedLedgers
        #expect(undisturbed.allSatisfy { $0.troubledCount == 0 }, "another engine's repository noticed")
        try await check(undisturbed, in: others)
    }

    private func write(to repository: Repository, _ progress: LoadProgress) async throws -> [WriterLedger] {
        try await withThrowingTaskGroup(of: WriterLedger.self) { group in
            for number in 0..<progress.workers {
                group.addTask { try await PatientWriter(things: repository, progress: progress).run("w\(number)") }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    private func check(_ ledgers: [WriterLedger], in repository: Repository) async throws {
        var stored: [String: Thing] = [:]
        for try await record in repository.scan(as: Record.self) {
            let thing = try #require(Thing(record), "half a record: \(record)")
            #expect(stored.updateValue(thing, forKey: thing.key) == nil, "\(thing.key) is there twice")
        }
        for ledger in ledgers { #expect(ledger.faults(in: stored) == []) }
        #expect(ledgers.contains { $0.presentCount > 0 })
    }

    /// Lets commands fail, by a driver of another program.
    /// - Parameters:
    ///   - commands: a list in Python.
    ///   - failure: the fail point's datum.
    func fail(_ commands: String, times: Int, _ failure: String) async throws {
        let parts = failure.split(separator: ": ")
        let script = """
            import pymongo
            client = pymongo.MongoClient('mongodb://\(server.address)/?directConnection=true')
            client.admin.command({'configureFailPoint': 'failCommand', 'mode': {'times': \(times)},
                                  'data': {'failCommands': \(commands), '\(parts[0])': \(parts[1])}})
            """
        let python = try TestServer.programs() + "/python"
        let run = try ChildProcess([python, "-c", script], output: daemon.folder + "/failpoint.log")
        guard try await run.end() == .exit(0) else { throw Failure("no fail point: \(run.written)") }
    }
}
