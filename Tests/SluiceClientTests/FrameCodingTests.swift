import SluiceTesting
import Testing

@testable import SluiceClient
@testable import SluiceProtocol

/// The client's frames as the daemon reads them, and the daemon's as the client does.
@Suite struct FrameCodingTests {
    private func bytes(_ write: (inout MessagePackWriter) -> Void) -> [UInt8] {
        var writer = MessagePackWriter()
        write(&writer)
        return writer.bytes
    }

    private func frame(_ write: (inout MessagePackWriter) -> Void) throws -> ServerFrame { try ServerFrame(bytes(write)[4...]) }

    @Test func thePingOfTheProtocolByteForByte() throws {
        let ping = bytes {
            RequestEncoder.request(id: 1, operation: .ping, repository: nil, arguments: nil, deadlineMilliseconds: nil, attempt: 1, to: &$0)
        }
        #expect(ping == [0, 0, 0, 7, 0x83, 0x00, 0x03, 0x01, 0x01, 0x02, 0x01])
        let reply = try ServerFrame([0x83, 0x00, 0x04, 0x01, 0x01, 0x02, 0xc0])
        guard case .reply(let reply) = reply else { return #expect(Bool(false), "no reply") }
        #expect(reply.id == 1)
        #expect(try reply.result.get() == [0xc0])
        #expect(!reply.hasMore && reply.token == nil)
    }

    @Test func theDaemonReadsEverythingOfARequest() throws {
        let frame = bytes {
            RequestEncoder.request(
                id: .max, operation: .getOne, repository: "r", arguments: [0x80], deadlineMilliseconds: 300, attempt: 2, to: &$0)
        }
        try frame[4...].withUnsafeBytes { buffer in
            guard case .request(let request) = try ClientFrame(buffer, maxValues: 100) else { return #expect(Bool(false), "no request") }
            #expect(request.id == .max)
            #expect(request.operation == 16)
            #expect(buffer[request.repository!].elementsEqual("r".utf8))
            #expect(buffer[request.arguments!].elementsEqual([0x80]))
            #expect(request.deadlineMilliseconds == 300)
            #expect(request.attempt == 2)
        }
    }

    @Test func theDaemonReadsHelloAndCancel() throws {
        let hello = bytes { RequestEncoder.hello(name: "me", features: ["parts", "cancel"], to: &$0) }
        try hello[4...].withUnsafeBytes { buffer in
            guard case .hello(let hello) = try ClientFrame(buffer, maxValues: 100) else { return #expect(Bool(false), "no hello") }
            #expect(hello.name == "me")
            #expect(hello.features == ["parts", "cancel"])
        }
        let cancel = bytes { RequestEncoder.cancel(id: 7, to: &$0) }
        try cancel[4...].withUnsafeBytes { buffer in
            guard case .cancel(7) = try ClientFrame(buffer, maxValues: 100) else { return #expect(Bool(false), "no cancel") }
        }
    }

    @Test func argumentsComeBackAsTheyWere() throws {
        var encoder = ArgumentsEncoder()
        let filter = try Filter.match("a", "x").like("b", "%%%").isIn("c", [1, 2]).exists("d", false).lte("e", 1.5).match("f", nil)
        encoder.filter(filter)
        encoder.order([try .ascending("a"), try .descending("b.c")])
        encoder.limit(300)
        encoder.offset(1)
        encoder.token("t")
        encoder.all(true)
        encoder.generated([true, false])
        encoder.pageSize(10)
        encoder.objects([Document(trusted: [0x80]), Document(trusted: [0x80])])
        encoder.object(Document(trusted: [0x81, 0xa1, 0x61, 0x01]))
        encoder.definition(["name": "n", "GSI": ["x": ["type": "N"]], "enableTtl": false])
        let arguments = try RequestArguments(encoder.bytes[...])
        #expect(arguments.filter == filter)
        #expect(arguments.order == [try .ascending("a"), try .descending("b.c")])
        #expect(arguments.limit == 300 && arguments.offset == 1 && arguments.token == "t" && arguments.all)
        #expect(arguments.generatedEach == [true, false])
        #expect(arguments.pageSize == 10)
        #expect(arguments.objects?.count == 2)
        #expect(arguments.object?.count == 1)
        #expect(arguments.definition?.globalIndexes.first?.attribute.type == .number)
    }

    @Test func theWelcomeIsReadAndUnknownThingsAreNot() throws {
        let limits: StructuredValue = ["maxInFlight": 5, "someday": "text"]
        let backends: StructuredValue = [["name": "default", "default": true]]
        guard
            case .welcome(let welcome) = try frame({
                ReplyEncoder.welcome(name: "s", features: ["parts", "x"], limits: limits, backends: backends, to: &$0)
            })
        else { return #expect(Bool(false), "no welcome") }
        #expect(welcome.name == "s")
        #expect(welcome.features == ["parts", "x"])
        #expect(welcome.limits == ["maxInFlight": 5])
        #expect(welcome.backends.first?["name"]?.string == "default")
        guard case .unknown = try ServerFrame([0x82, 0x00, 0x63, 0x09, 0x90]) else { return #expect(Bool(false), "not skipped") }
        guard case .reply(let reply) = try ServerFrame([0x84, 0x00, 0x04, 0x01, 0x05, 0x63, 0xc1 - 1, 0x02, 0x07]) else {
            return #expect(Bool(false), "no reply")
        }
        #expect(try reply.result.get() == [0x07])
    }

    @Test func errorsComeBackWhole() throws {
        let error = SluiceError(
            .tooLarge, "big", isRetryable: true, isOutcomeKnown: false, details: ["limit": "maxRecordBytes", "value": 9])
        guard case .reply(let reply) = try frame({ ReplyEncoder.error(id: 3, error, to: &$0) }) else {
            return #expect(Bool(false), "no reply")
        }
        #expect(throws: error) { try reply.result.get() }
        guard case .fault(error) = try frame({ ReplyEncoder.fault(error, to: &$0) }) else { return #expect(Bool(false), "no fault") }
        guard case .goingAway("why") = try frame({ ReplyEncoder.goingAway(reason: "why", to: &$0) }) else {
            return #expect(Bool(false), "not going away")
        }
    }

    @Test func anUnknownCodeIsABackendErrorThatKeepsItsText() throws {
        var writer = MessagePackWriter()
        writer.mapHead(3)
        writer.integer(1)
        writer.string("tooTired")
        writer.integer(2)
        writer.string("yawn")
        writer.integer(5)
        writer.mapHead(3)
        writer.string("flag")
        writer.boolean(true)
        writer.string("list")
        writer.listHead(1)
        writer.null()
        writer.string("reason")
        writer.string("night")
        var reader = MessagePackReader(UnsafeRawBufferPointer(start: nil, count: 0))
        let error = try writer.bytes[...].withBytes { buffer throws(SluiceError) in
            reader = MessagePackReader(buffer)
            return try SluiceError(&reader)
        }
        #expect(error.code == .backendError)
        #expect(error.details == ["code": "tooTired", "flag": "true", "reason": "night"])
        #expect(error.reason == "night")
        #expect(!error.isRetryable && error.isOutcomeKnown)
    }

    @Test(arguments: [
        [0xc0], [0x80], [0x81, 0x01, 0x04], [0x81, 0x00, 0x04], [0x82, 0x00, 0x04, 0x01, 0x01], [0x83, 0x00, 0x04, 0x02, 0xc0, 0x01, 0x01],
        [0x83, 0x00, 0x04, 0x01, 0x01, 0x02], [0x83, 0x00, 0x04, 0x01, 0x01, 0x02, 0xc1], [0x83, 0x00, 0x04, 0x01, 0x01, 0x03, 0x80],
        [0x83, 0x00, 0x04, 0x01, 0x01, 0x02, 0xc0, 0xc0], [0x81, 0x00, 0x07], [0x82, 0x00, 0x07, 0x03, 0x01],
        [0x83, 0x00, 0x04, 0x01, 0x01, 0x02, 0xdd, 0xff, 0xff, 0xff, 0xff], [0x82, 0x00, 0x02, 0x04, 0x90], [],
    ])
    func whatIsNoFrameIsATypedError(_ bytes: [UInt8]) {
        #expect(throws: SluiceError.self) { try ServerFrame(bytes[...]) }
    }

    @Test func framesAreFoundAtEverySplitPoint() throws {
        let stream = bytes { writer in
            for id in 0..<4 { ReplyEncoder.value(id: Int64(id), [UInt8](repeating: 0xc0, count: 1), to: &writer) }
            ReplyEncoder.list(id: 4, count: 40, elements: [UInt8](repeating: 0x05, count: 40), token: "t", hasMore: false, to: &writer)
        }
        for split in 0...stream.count {
            var buffer = FrameBuffer()
            var ids: [Int64] = []
            for piece in [stream[..<split], stream[split...]] {
                piece.withUnsafeBytes { buffer.append($0) }
                while let payload = try buffer.next() {
                    if case .reply(let reply) = try ServerFrame(payload) { ids.append(reply.id) }
                }
            }
            #expect(ids == [0, 1, 2, 3, 4], "split at \(split)")
        }
    }

    @Test func aLengthOverTheLimitOrOfNothingIsRefused() {
        for header: [UInt8] in [[0, 0, 0, 0], [0xff, 0xff, 0xff, 0xff]] {
            var buffer = FrameBuffer()
            header.withUnsafeBytes { buffer.append($0) }
            #expect(throws: SluiceError.self) { try buffer.next() }
        }
    }

    @Test func randomBytesNeverTrap() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<20_000 {
            var bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            // Half of them get far enough to be interesting.
            if Bool.random(using: &random) { bytes = [0x84, 0x00, UInt8.random(in: 1...8, using: &random), 0x01, 0x01] + bytes }
            guard case .reply(let reply)? = try? ServerFrame(bytes[...]), let result = try? reply.result.get() else { continue }
            let answer = Reply(result: result)
            _ = try? answer.documents()
            _ = try? answer.outcomes()
            _ = try? answer.structured()
        }
    }
}
