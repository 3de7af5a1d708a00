import SluiceClient
import Testing

/// The engine that keeps nothing: what it takes is answered and gone, and nobody has it who has not asked for it.
@Suite struct NullEngineTests {
    @Test func whatItTakesIsGone() async throws {
        let daemon = try await DaemonProcess.started(configuration: #"{"database": {"dbName": "null", "dbInfo": {}}}"#)
        let client = try await daemon.connected()
        let things = try await client.defineRepository("things", ["name": "things"])
        let record = try await things.save(["n": 5] as Record)
        #expect(record["n"] == 5)
        guard case .string(let id)? = record["id"] else { throw Failure("a record without an id") }
        #expect(try await things.count() == 0)
        let error = await #expect(throws: SluiceError.self) { try await things.getOne(.match("id", id)) }
        #expect(error?.code == .notFound)
    }

    @Test func nobodyHasItByAccident() async throws {
        let daemon = try await DaemonProcess.started()
        let client = try await daemon.connected()
        let configured = try await client.backends()["configured"]
        guard case .list(let backends)? = configured else { throw Failure("no backends: \(String(describing: configured))") }
        #expect(backends.map { $0["engine"] } == ["sqlite"])
    }
}
