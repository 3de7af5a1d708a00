import Foundation
import Glibc
import SluiceClient
import SluiceTesting
import Testing

/// A daemon with two backends, a real server's behind a proxy and the embedded one, and writers on both. The test that disturbs the server
/// or the network before it owns it.
struct EngineScene {
    /// What runs through all tests of faults.
    static let programs: [TestProgram] = [.secantusdb, .secantusdbReplicaSet, .roto]
    /// One for each engine that has a server.
    static let engines: [TestProgram] = [.secantusdb, .roto]
    /// A request's time.
    private static let deadline = Duration.seconds(8)
    /// What a request may take longer than that on a machine that does much else.
    private static let patience = Duration.seconds(30)
    /// The time of a request to the engine that nothing is done to: its disk may be slow.
    private static let longDeadline = Duration.seconds(60)

    let server: TestServer
    let network: NetworkProxy
    /// What stands before the network where the service itself is to fail.
    let service: FaultProxy?
    let daemon: DaemonProcess
    let client: SluiceClient

    init(_ program: TestProgram, arguments: [String] = [], withFailingService: Bool = false) async throws {
        let server = try await blocking { try Self.server(program, arguments) }
        self.server = server
        network = try NetworkProxy(before: server.port)
        service = withFailingService ? try FaultProxy(before: network.port) : nil
        daemon = try await Self.daemon(on: program, at: service?.address ?? network.address)
        client = try await daemon.connected(options: ClientOptions(deadline: Self.deadline))
        _ = try await client.defineRepository("things", Self.definition(of: "things"))
        _ = try await client.defineRepository("others", Self.definition(of: "others", backend: "embedded"))
    }

    /// A server that keeps what it has acknowledged when it is killed.
    static func server(_ program: TestProgram, _ arguments: [String] = []) throws -> TestServer {
        try TestServer(program, arguments: arguments + (program == .roto ? ["--durable"] : ["--sync-on-commit"]))
    }

    static func daemon(on program: TestProgram, at address: String) async throws -> DaemonProcess {
        let backend =
            program == .roto || program == .moto
            ? """
            {"dbName": "dynamodb", "dbInfo": {"endpoint": "http://\(address)", "awsRegion": "us-east-1",
             "AWSSecretKeyID": "faults", "AWSSecretAccessKey": "faults"}}
            """ : #"{"dbName": "mongodb", "dbInfo": {"host": "\#(address)", "database": "faults"}}"#
        return try await DaemonProcess.started(
            configuration: #"{"backends": {"main": \#(backend), "embedded": {"dbName": "sqlite", "dbInfo": {}}}, "default": "main"}"#)
    }

    static func definition(of name: String, backend: String = "main") -> StructuredValue {
        .map(["name": .string("\(name)-faults"), "hashKey": "key", "backend": .string(backend)])
    }

    /// Runs writers on both engines, disturbs the server, waits until all get on again, and holds what is stored against what they know.
    /// - Parameters:
    ///   - others: keys of records that are not the writers'.
    ///   - disturb: gets the progress of the writers on the server, and of those that must not notice.
    func underLoad(
        others keys: Set<String> = [], _ disturb: @Sendable (_ main: LoadProgress, _ embedded: LoadProgress) async throws -> Void
    ) async throws {
        let (main, embedded) = (LoadProgress(workers: 6), LoadProgress(workers: 2))
        let patient = try await daemon.connected(options: ClientOptions(deadline: Self.longDeadline))
        let (things, others) = (client.repository("things"), patient.repository("others"))
        async let mainLedgers = write(to: things, main)
        async let embeddedLedgers = write(to: others, embedded)
        do {
            try await main.wait(for: 10, log: daemon.log)
            try await disturb(main, embedded)
            try await main.wait(for: 10, log: daemon.log)
        } catch {
            main.end()
            embedded.end()
            throw error
        }
        main.end()
        embedded.end()
        #expect(main.longest < Self.deadline + Self.patience, "a request did not end by its deadline")
        try await check(mainLedgers, in: things, besides: keys)
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

    private func check(_ ledgers: [WriterLedger], in repository: Repository, besides others: Set<String> = []) async throws {
        var stored: [String: Thing] = [:]
        for try await record in repository.scan(as: Record.self) {
            if case .string(let key)? = record["key"], others.contains(key) { continue }
            let thing = try #require(Thing(record), "half a record: \(record)")
            #expect(stored.updateValue(thing, forKey: thing.key) == nil, "\(thing.key) is there twice")
        }
        for ledger in ledgers { #expect(ledger.faults(in: stored) == []) }
        #expect(ledgers.contains { $0.presentCount > 0 })
    }

    /// What the request for a create, an update and a delete holds on the wire, and no other.
    var create: String { isDynamoDB ? "PutItem" : "\u{2}insert\0" }
    var update: String { isDynamoDB ? "UpdateItem" : "\u{2}findAndModify\0" }
    var delete: String { isDynamoDB ? "DeleteItem" : "\u{2}delete\0" }
    private var isDynamoDB: Bool { server.program == .roto }

    /// The error that an operation must end with, before its deadline and what a busy machine may add.
    func failure(_ body: @Sendable () async throws -> Void) async throws -> SluiceError {
        let begun = ContinuousClock.now
        defer { #expect(ContinuousClock.now - begun < Self.patience) }
        do { try await body() } catch let error as SluiceError { return error }
        throw Failure("a request came through")
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
