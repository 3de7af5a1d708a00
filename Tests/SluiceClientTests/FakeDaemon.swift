import Foundation
import Glibc
import Synchronization

@testable import SluiceClient
@testable import SluiceProtocol

/// A daemon of few words on a real Unix socket: greets, and answers each request as its script says. The test that made it owns it.
final class FakeDaemon: Sendable {
    /// One request as the script sees it.
    struct Exchange: Sendable {
        /// Which connection it came on, from 1.
        let connection: Int
        /// Which request of all it is, from 1.
        let number: Int
        let id: Int64
        let operation: SluiceProtocol.Operation
        let repository: String
        let attempt: Int64
        let arguments: [UInt8]
    }

    /// What the script wants done.
    enum Answer: Sendable {
        case null
        case value([UInt8])
        case list([[UInt8]], token: String? = nil, isPart: Bool = false)
        case failure(SluiceError)
        case goingAway
        /// Bytes as they are.
        case raw([UInt8])
        /// One after the other.
        case several([Answer])
        case nothing
        /// Closes the connection.
        case hangUp
    }

    typealias Script = @Sendable (Exchange) -> Answer

    let path: String
    private let folder: String
    private let listener: Socket
    private let script: Script
    private let limits: StructuredValue
    private let state = Mutex(State())

    private struct State {
        var connections: [Socket] = []
        var exchanges: [Exchange] = []
        var cancelled: [Int64] = []
        /// The time between the kernel's pieces of a frame is the test's business: nil sends whole frames.
        var pieceBytes: Int?
    }

    /// All requests so far.
    var exchanges: [Exchange] { state.withLock { $0.exchanges } }
    /// The ids of all cancels so far.
    var cancelled: [Int64] { state.withLock { $0.cancelled } }
    var connectionCount: Int { state.withLock { $0.connections.count } }

    init(limits: StructuredValue = ["maxInFlight": 128], script: @escaping Script) throws {
        var template = Array("/tmp/sluice-fake-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw POSIXError(.EIO) }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        path = folder + "/sluice.sock"
        self.script = script
        self.limits = limits
        let listener = Socket(socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
        self.listener = listener
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener.descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0, listen(listener.descriptor, 16) == 0 else { throw POSIXError(.EIO) }
        // The threads end with the sockets, which deinit shuts down; none of them keeps the daemon.
        Thread.detachNewThread { [weak self] in
            while case let descriptor = accept(listener.descriptor, nil, nil), descriptor >= 0 {
                let socket = Socket(descriptor)
                guard let number = self?.adopt(socket) else { break }
                Thread.detachNewThread { [weak self] in
                    Self.serve(descriptor) { frame in self?.answer(frame, number, descriptor) ?? false }
                    socket.shutdown()
                }
            }
        }
    }

    deinit {
        hangUp()
        listener.shutdown()
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Ends every connection.
    func hangUp() {
        for socket in state.withLock({ $0.connections }) { socket.shutdown() }
    }

    /// Sends in pieces of so many bytes from now on.
    func sendPieces(of bytes: Int) { state.withLock { $0.pieceBytes = bytes } }

    private func adopt(_ socket: Socket) -> Int {
        state.withLock { state in
            state.connections.append(socket)
            return state.connections.count
        }
    }

    private static func serve(_ descriptor: Int32, _ take: (ArraySlice<UInt8>) -> Bool) {
        var buffer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let count = recv(descriptor, &chunk, chunk.count, 0), count > 0 {
            buffer += chunk[..<count]
            while true {
                let step = buffer.withUnsafeBytes { bytes in try! FrameDecoder(maxFrameBytes: 1 << 26).step(bytes, from: 0) }
                guard case .frame(let range) = step else { break }
                guard take(buffer[range]) else { return }
                buffer.removeFirst(range.upperBound)
            }
        }
    }

    private func answer(_ frame: ArraySlice<UInt8>, _ connection: Int, _ descriptor: Int32) -> Bool {
        var writer = MessagePackWriter()
        var goesOn = true
        frame.withUnsafeBytes { bytes in
            switch try! ClientFrame(bytes, maxValues: 1 << 24) {
            case .hello:
                ReplyEncoder.welcome(
                    name: "fake", features: ["parts", "goingAway", "cancel"], limits: limits, backends: [], to: &writer)
            case .request(let request):
                let exchange = record(request, bytes, connection)
                goesOn = write(script(exchange), exchange.id, &writer)
            case .cancel(let id):
                state.withLock { $0.cancelled.append(id) }
                let error = SluiceError(.deadlineExceeded, "cancelled", details: ["reason": "cancelled"])
                ReplyEncoder.error(id: id, error, to: &writer)
            case .rejected(_, let error): fatalError("the client sent nonsense: \(error)")
            case .unknown: fatalError("the client sent an unknown frame")
            }
        }
        send(writer.bytes, descriptor)
        return goesOn
    }

    private func record(_ request: RequestEnvelope, _ bytes: UnsafeRawBufferPointer, _ connection: Int) -> Exchange {
        state.withLock { state in
            let exchange = Exchange(
                connection: connection, number: state.exchanges.count + 1, id: request.id, operation: .init(rawValue: request.operation!)!,
                repository: request.repository.map { String(decoding: bytes[$0], as: UTF8.self) } ?? "", attempt: request.attempt,
                arguments: request.arguments.map { Array(bytes[$0]) } ?? [0x80])
            state.exchanges.append(exchange)
            return exchange
        }
    }

    private func write(_ answer: Answer, _ id: Int64, _ writer: inout MessagePackWriter) -> Bool {
        switch answer {
        case .null: ReplyEncoder.null(id: id, to: &writer)
        case .value(let bytes): ReplyEncoder.value(id: id, bytes, to: &writer)
        case .list(let elements, let token, let isPart):
            ReplyEncoder.list(id: id, count: elements.count, elements: elements.flatMap { $0 }, token: token, hasMore: isPart, to: &writer)
        case .failure(let error): ReplyEncoder.error(id: id, error, to: &writer)
        case .goingAway: ReplyEncoder.goingAway(reason: "test", to: &writer)
        case .raw(let bytes): writer.raw(bytes)
        case .several(let answers): return answers.allSatisfy { write($0, id, &writer) }
        case .nothing: break
        case .hangUp: return false
        }
        return true
    }

    private func send(_ bytes: [UInt8], _ descriptor: Int32) {
        var rest = bytes[...]
        let piece = state.withLock { $0.pieceBytes } ?? Int.max
        while !rest.isEmpty {
            let count = rest.prefix(piece).withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
            if piece < Int.max { usleep(200) }
        }
    }
}
