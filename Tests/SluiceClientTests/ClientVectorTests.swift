import SluiceTesting
import Testing

@testable import SluiceClient
@testable import SluiceProtocol

/// `protocol/vectors` as the client meets them: over its buffer in pieces, through its machine's frames, to what a caller gets.
@Suite struct ClientVectorTests {
    private let vectors: [Vector]

    init() throws { vectors = try Vector.all() }

    // MARK: frames

    @Test func framesComeOutWhateverTheCut() throws {
        for vector in vectors where vector.direction == .daemonToClient {
            let bytes = vector.bytes
            let whole = Reading(bytes, cutAt: bytes.count)
            let isRefused = vector.meanings.last?.kind == .refused
            let isIncomplete = vector.meanings.last?.kind == .incomplete
            #expect((whole.failure != nil) == isRefused, "\(vector): \(String(describing: whole.failure))")
            #expect(whole.frames.count == vector.meanings.count - (isRefused || isIncomplete ? 1 : 0), "\(vector)")
            for cut in 0..<bytes.count {
                let part = Reading(bytes, cutAt: cut)
                #expect(
                    part.frames.count == whole.frames.count && (part.failure == nil) == (whole.failure == nil), "\(vector) cut at \(cut)")
            }
        }
    }

    /// What the connection's thread makes of bytes that come in two pieces.
    private struct Reading {
        var frames: [ServerFrame] = []
        var failure: SluiceError?

        init(_ bytes: [UInt8], cutAt cut: Int) {
            var buffer = FrameBuffer()
            do throws(SluiceError) {
                for piece in [bytes[..<cut], bytes[cut...]] {
                    piece.withUnsafeBytes { buffer.append($0) }
                    while let payload = try buffer.next() { frames.append(try ServerFrame(payload)) }
                }
            } catch {
                failure = error
            }
        }
    }

    // MARK: what callers get

    @Test func callersGetWhatTheReplySays() throws {
        for vector in vectors where vector.direction == .daemonToClient {
            // A machine that has one request of this operation in flight under the vectors' id.
            guard let operation = vector.operation, let last = vector.meanings.last(where: { $0.kind == .reply && $0.id == 9 }) else {
                continue
            }
            var parts: [ArraySlice<UInt8>] = []
            var final: ServerReply?
            for case .reply(let reply) in Reading(vector.bytes, cutAt: 0).frames where reply.id == 9 {
                if reply.hasMore, case .success(let part) = reply.result { parts.append(part) } else { final = reply }
            }
            let reply = try #require(final, "\(vector)")
            switch reply.result {
            case .failure(let error):
                let shown = try #require(last.value["error"], "\(vector)")
                #expect(error.difference(from: shown) == nil, "\(vector)")
            case .success(let result):
                let shown = vector.meanings.filter { $0.kind == .reply && $0.id == 9 }.compactMap { $0.value["result"] }
                try check(Reply(earlierParts: parts, result: result, token: reply.token), operation, shown, vector)
            }
        }
    }

    private func check(_ reply: Reply, _ operation: SluiceProtocol.Operation, _ shown: [WireValue], _ vector: Vector) throws {
        switch operation {
        case .ping, .deleteOne: #expect(Array(reply.result) == [0xc0], "\(vector)")
        case .count, .deleteAll: #expect(try Int64(reply.integer()) == shown[0].integer, "\(vector)")
        case .getOne, .save, .upsert, .replace: #expect(WireValue(try reply.document().bytes) == shown[0], "\(vector)")
        case .getAll:
            #expect(try reply.documents().map { WireValue($0.bytes) } == shown.flatMap { try $0.elements }, "\(vector)")
        case .saveMany:
            let expected = try shown.flatMap { try $0.elements }
            let outcomes = try reply.outcomes()
            #expect(outcomes.count == expected.count, "\(vector)")
            for (outcome, shown) in zip(outcomes, expected) {
                switch outcome {
                case .success(let document): #expect(WireValue(document.bytes) == shown["document"], "\(vector)")
                case .failure(let error): #expect(shown["error"].map { error.difference(from: $0) == nil } ?? false, "\(vector)")
                }
            }
        case .define: #expect(try RepositoryDescription(reply.structured()).repository == shown[0]["repository"]?.text, "\(vector)")
        case .backends, .stats, .repositories, .explain:
            let value = try reply.structured()
            #expect(WireValue { value.write(to: &$0) } == shown[0], "\(vector)")
        }
    }

    // MARK: documents

    @Test func recordsComeInAndGoOutUnchanged() throws {
        for vector in vectors where vector.direction == .either {
            let read = Result { () throws(SluiceError) -> Document in
                guard case .reply(let reply) = try ServerFrame([0x83, 0, 4, 1, 9, 2] + vector.bytes[...]) else {
                    throw .malformed("no reply")
                }
                return try Reply(result: try reply.result.get()).document()
            }
            guard vector.meanings[0].kind == .document else {
                #expect(throws: SluiceError.self, "\(vector)") { try read.get() }
                continue
            }
            let document = try read.get()
            #expect(WireValue(document.bytes) == vector.meanings[0].value, "\(vector)")
            // A dictionary of Swift's strings takes these two names for one; documents as they are keep both.
            guard vector.name != "documents/names-canonically-equivalent" else { continue }
            let record = try document.decoded(as: Record.self)
            #expect(WireValue(try Document(encoding: record).bytes) == vector.meanings[0].value, "\(vector)")
        }
    }
}

extension Vector.Meaning {
    fileprivate var id: Int64? { value["id"]?.integer }
}
