import Testing

@testable import SluiceClient
@testable import SluiceProtocol

/// Plays owner, kernel and daemon for a `ConnectionMachine`: the time stands still until the test moves it.
struct MachineFixture {
    var machine: ConnectionMachine<String>
    var now = ContinuousClock.Instant.now
    /// What callers were told, by the name of their request.
    private(set) var answers: [String: Result<Reply, SluiceError>] = [:]
    /// Links that the machine wanted opened and closed, and those whose output somebody is to write.
    private(set) var dialed: [Int] = []
    private(set) var closed: [Int] = []
    private(set) var flushing: Set<Int> = []
    private var ids: [String: Int64] = [:]

    /// Jitter is always the whole bound, so waits are known.
    init() {
        var settings = ConnectionMachine<String>.Settings()
        settings.backoff = Backoff(first: .milliseconds(100), longest: .milliseconds(800))
        settings.jitter = { 1 }
        machine = ConnectionMachine(settings)
    }

    /// A machine whose first link is open.
    static func open(maxInFlight: Int64 = 128, features: [String] = ["cancel"]) -> MachineFixture {
        var fixture = MachineFixture()
        fixture.submit("open", .ping)
        fixture.greet(1, maxInFlight: maxInFlight, features: features)
        fixture.reply("open", on: 1)
        return fixture
    }

    mutating func submit(
        _ name: String, _ operation: SluiceProtocol.Operation, _ repository: String? = nil, deadline: Duration = .seconds(10),
        isRepeatable: Bool? = nil,
        failsWithoutDaemon: Bool = false, arguments: [UInt8]? = nil
    ) {
        ids[name] = Int64(ids.count + 1)
        let call = Call(
            operation: operation, repository: repository, arguments: arguments, deadline: now + deadline,
            isRepeatable: isRepeatable ?? (!operation.isWrite || operation == .define), failsWithoutDaemon: failsWithoutDaemon)
        machine.submit(ids[name]!, call, name, now: now)
        settle()
    }

    mutating func cancel(_ name: String) {
        machine.cancel(ids[name]!, now: now)
        settle()
    }

    /// The socket opens and the daemon greets.
    mutating func greet(_ link: Int, maxInFlight: Int64 = 128, features: [String] = ["cancel"]) {
        machine.opened(link, now: now)
        settle()
        receive(on: link) { writer in
            ReplyEncoder.welcome(
                name: "fake", features: features, limits: ["maxInFlight": .integer(maxInFlight), "maxFrameBytes": 4096], backends: [],
                to: &writer)
        }
    }

    mutating func reply(_ name: String, on link: Int) {
        let id = id(name)
        receive(on: link) { ReplyEncoder.null(id: id, to: &$0) }
    }

    /// A part with one empty document, or the last with a token.
    mutating func part(_ name: String, on link: Int, isLast: Bool = false, token: String? = nil) {
        let id = id(name)
        receive(on: link) { ReplyEncoder.list(id: id, count: 1, elements: [0x80], token: token, hasMore: !isLast, to: &$0) }
    }

    mutating func refuse(_ name: String, _ error: SluiceError, on link: Int) {
        let id = id(name)
        receive(on: link) { ReplyEncoder.error(id: id, error, to: &$0) }
    }

    mutating func receive(on link: Int, _ write: (inout MessagePackWriter) -> Void) {
        var writer = MessagePackWriter()
        write(&writer)
        machine.received(try! ServerFrame(writer.bytes[4...]), on: link, now: now)
        settle()
    }

    mutating func lose(_ link: Int) {
        machine.lost(link, SluiceError(.unavailable, "reset"), now: now)
        settle()
    }

    mutating func failToConnect(_ link: Int, _ error: SluiceError = SluiceError(.unavailable, "nobody", details: ["reason": "noDaemon"])) {
        machine.connectFailed(link, error, now: now)
        settle()
    }

    /// Moves the time, waking the machine whenever it wants to be woken.
    mutating func pass(_ duration: Duration) {
        let end = now + duration
        for _ in 0..<10_000 {
            guard let next = machine.nextWake, next <= end else { break }
            now = max(now, next)
            machine.tick(now: now)
            settle()
        }
        now = end
        machine.tick(now: now)
        settle()
    }

    mutating func close() {
        machine.close()
        settle()
    }

    /// What the link's writer hands to the kernel now, decoded.
    mutating func sent(_ link: Int) -> [Sent] {
        guard flushing.remove(link) != nil else { return [] }
        var frames: [Sent] = []
        while let bytes = machine.takeOutput(link) {
            var offset = 0
            while offset < bytes.count {
                let step = bytes.withUnsafeBytes { buffer in try! FrameDecoder(maxFrameBytes: 1 << 24).step(buffer, from: offset) }
                guard case .frame(let range) = step else {
                    Issue.record("half a frame")
                    break
                }
                frames.append(Sent(Array(bytes[range]), names: ids))
                offset = range.upperBound
            }
        }
        return frames
    }

    /// The link's writer gives the output to the kernel, and has not told yet how it went.
    /// - Returns: how many bytes there are.
    mutating func beginWriting(_ link: Int) -> Int {
        flushing.remove(link)
        return machine.takeOutput(link)?.count ?? 0
    }

    /// The kernel took all but the last bytes.
    mutating func stopWriting(_ link: Int, unsent: Int) {
        machine.writeStopped(link, unsent: unsent, now: now)
        settle()
    }

    /// The kernel took everything.
    mutating func endWriting(_ link: Int) {
        #expect(machine.takeOutput(link) == nil)
        machine.settleLoss(of: link, now: now)
        settle()
    }

    /// A frame that the machine sent, as a test wants to see it.
    enum Sent: Equatable {
        case hello
        case request(String, attempt: Int64)
        case define(String, id: Int64)
        case cancel(String)

        init(_ frame: [UInt8], names: [String: Int64]) {
            func name(_ id: Int64) -> String { names.first { $0.value == id }?.key ?? "?" }
            self = frame.withUnsafeBytes { buffer in
                switch try! ClientFrame(buffer, maxValues: 1000) {
                case .hello: return .hello
                case .request(let request) where request.operation == Operation.define.rawValue:
                    return .define(String(decoding: buffer[request.repository!], as: UTF8.self), id: request.id)
                case .request(let request): return .request(name(request.id), attempt: request.attempt)
                case .cancel(let id): return .cancel(name(id))
                case .rejected(_, let error): fatalError("\(error)")
                case .unknown: fatalError("an unknown frame")
                }
            }
        }
    }

    func id(_ name: String) -> Int64 { ids[name]! }

    func error(_ name: String) -> SluiceError? { if case .failure(let error)? = answers[name] { error } else { nil } }

    func hasSucceeded(_ name: String) -> Bool { if case .success? = answers[name] { true } else { false } }

    private mutating func settle() {
        for action in machine.actions {
            switch action {
            case .connect(let link): dialed.append(link)
            case .close(let link):
                closed.append(link)
                flushing.remove(link)
            case .flush(let link):
                #expect(flushing.insert(link).inserted, "two writers on one link")
            case .complete(let name, let result):
                #expect(answers[name] == nil, "'\(name)' was answered twice")
                answers[name] = result
            }
        }
        machine.actions = []
    }
}
