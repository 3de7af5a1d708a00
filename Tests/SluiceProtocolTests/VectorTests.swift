import SluiceTesting
import Testing

@testable import SluiceProtocol

/// `protocol/vectors` through the decoders of both sides and the encoders, without a daemon.
@Suite struct VectorTests {
    private let vectors: [Vector]
    private let limits = Limits()

    init() throws { vectors = try Vector.all() }

    // MARK: what bytes mean

    @Test func documentsMeanWhatTheySay() {
        for vector in vectors where vector.direction == .either {
            let meaning = vector.meanings[0]
            let read = Result { () throws(SluiceError) in try Document(validating: vector.bytes[...]) }
            switch read {
            case .success(let document):
                #expect(meaning.kind == .document && WireValue(document.bytes) == meaning.value, "\(vector)")
            case .failure(let error):
                #expect(meaning.kind == .invalid && error.difference(from: meaning.value) == nil, "\(vector): \(error)")
                #expect((error.reason == "malformed") == (meaning.value["reason"] != nil), "\(vector): \(error)")
            }
        }
    }

    @Test func clientFramesMeanWhatTheySay() throws {
        for vector in vectors where vector.direction == .clientToDaemon {
            var conversation = Conversation(isGreeted: vector.after != [])
            try check(vector) { payload in conversation.take(ClientMeaning(payload, limits)) }
        }
    }

    @Test func daemonFramesMeanWhatTheySay() throws {
        for vector in vectors where vector.direction == .daemonToClient {
            try check(vector) { payload in DaemonMeaning(payload, operation: vector.operation) }
        }
    }

    /// Cuts the bytes into frames and holds each against its meaning.
    private func check<Meaning: FrameMeaning>(_ vector: Vector, _ read: (ArraySlice<UInt8>) -> Meaning) throws {
        let stream = FrameStream(vector.bytes[...], limits)
        var meanings = vector.meanings[...]
        for payload in stream.payloads {
            // What is refused ends the connection: nothing is read behind it.
            guard let meaning = meanings.popFirst() else { return #expect(vector.meanings.last?.kind == .refused, "\(vector)") }
            if let difference = read(payload).difference(from: meaning) { Issue.record("\(vector): \(difference)") }
        }
        switch stream.ending {
        case .whole: #expect(meanings.isEmpty, "\(vector): \(meanings.count) meanings without a frame")
        case .incomplete(let needed):
            guard meanings.count == 1, let meaning = meanings.first, meaning.kind == .incomplete else {
                return #expect(meanings.isEmpty && vector.meanings.last?.kind == .refused, "\(vector) is incomplete")
            }
            #expect(meaning.value["needed"]?.integer == Int64(needed), "\(vector): \(needed) bytes are needed")
        case .refused(let error):
            #expect(meanings.count == 1 && meanings.first?.kind == .refused, "\(vector): \(error)")
            #expect(meanings.first.map { error.difference(from: $0.value) == nil } ?? false, "\(vector): \(error)")
        }
    }

    // MARK: cuts

    @Test func nothingComesOutBeforeItsLastByte() {
        for vector in vectors where vector.direction != .either {
            let bytes = vector.bytes
            let whole = FrameStream(bytes[...], limits)
            for cut in Self.places(in: bytes.count) {
                let part = FrameStream(bytes[..<cut], limits)
                #expect(part.ends == whole.ends.filter { $0 <= cut }, "\(vector) cut at \(cut)")
                if case .refused = part.ending { #expect(cut >= 4, "\(vector) cut at \(cut)") }
            }
        }
    }

    @Test func noProperBeginningOfAFrameIsOne() {
        for vector in vectors where vector.direction != .either {
            let kinds = vector.meanings.map(\.kind)
            for (payload, kind) in zip(FrameStream(vector.bytes[...], limits).payloads, kinds) {
                for cut in Self.places(in: payload.count) {
                    let beginning = payload[..<(payload.startIndex + cut)]
                    let isRead = vector.direction == .clientToDaemon ? Self.isRead(beginning, limits) : (try? ServerFrame(beginning)) != nil
                    // What was wrong already may be right without its end: a byte too many, for one.
                    if kind != .refused, kind != .invalid { #expect(!isRead, "\(vector) cut at \(cut)") }
                }
            }
        }
    }

    @Test func noProperBeginningOfADocumentIsOne() {
        for vector in vectors where vector.direction == .either && vector.meanings[0].kind == .document {
            let bytes = vector.bytes
            for cut in Self.places(in: bytes.count) {
                #expect(throws: SluiceError.self, "\(vector) cut at \(cut)") { try Document(validating: bytes[..<cut]) }
            }
        }
        // What was wrong already may be right without its end; nothing but that it does not trap can be said.
        for vector in vectors where vector.direction == .either && vector.meanings[0].kind == .invalid {
            let bytes = vector.bytes
            for cut in Self.places(in: bytes.count) { _ = try? Document(validating: bytes[..<cut]) }
        }
    }

    private static func isRead(_ payload: ArraySlice<UInt8>, _ limits: Limits) -> Bool {
        payload.withUnsafeBytes { bytes in
            switch try? ClientFrame(bytes, maxValues: limits.maxFrameValues) {
            case nil, .rejected: false
            default: true
            }
        }
    }

    /// Every place to cut bytes in two; of very many bytes the first ones, one between, the last.
    private static func places(in count: Int) -> [Int] {
        count <= 2048 ? Array(0..<count) : Array(0..<64) + [count / 3, count - 1]
    }

    // MARK: encoders

    @Test func canonicalDocumentsAreWritten() throws {
        for vector in vectors where vector.direction == .either && vector.isCanonical {
            #expect(Array(vector.meanings[0].value.bytes) == vector.bytes, "\(vector)")
        }
    }

    @Test func canonicalFramesAreWritten() throws {
        for vector in vectors where vector.direction != .either && vector.isCanonical {
            var writer = MessagePackWriter()
            for meaning in vector.meanings { try FrameWriting(meaning, vector.operation).write(to: &writer) }
            #expect(writer.bytes == vector.bytes, "\(vector)")
        }
    }
}
