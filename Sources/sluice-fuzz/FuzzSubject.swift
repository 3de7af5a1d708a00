import SluiceProtocol

/// What hostile bytes are given to, chosen by an input's first byte. Each takes anything, and traps when a promise does not hold.
enum FuzzSubject: UInt8, CaseIterable {
    case clientFrames, arguments, documents, serverFrames, extendedJSON, wellFormedness, pageTokens

    /// Gives an input to its subject.
    static func exercise(_ input: UnsafeRawBufferPointer) {
        guard let first = input.first else { return }
        let bytes = Array(input.dropFirst())
        switch allCases[Int(first) % allCases.count] {
        case .clientFrames: clientFrames(bytes)
        case .arguments: arguments(bytes[...])
        case .documents: documents(bytes)
        case .serverFrames: _ = try? ServerFrame(bytes[...])
        case .extendedJSON: extendedJSON(bytes)
        case .wellFormedness: wellFormedness(bytes)
        case .pageTokens: pageTokens(bytes)
        }
    }

    // MARK: Frames

    /// Where frames end does not depend on how the bytes came.
    private static func clientFrames(_ bytes: [UInt8]) {
        let whole = frames(bytes)
        let cut = bytes.isEmpty ? 0 : Int(bytes[bytes.count / 2]) % (bytes.count + 1)
        let part = frames(Array(bytes[..<cut]))
        precondition(whole.ranges.starts(with: part.ranges), "fewer bytes gave other frames")
        if let needed = part.needed { precondition(needed > cut, "enough bytes are not enough") }
        for range in whole.ranges { open(bytes[range]) }
    }

    private static func frames(_ bytes: [UInt8]) -> (ranges: [Range<Int>], needed: Int?) {
        let decoder = FrameDecoder(maxFrameBytes: 1 << 16)
        return bytes.withUnsafeBytes { buffer in
            var ranges: [Range<Int>] = []
            var offset = 0
            while true {
                switch try? decoder.step(buffer, from: offset) {
                case .frame(let range):
                    precondition(range.lowerBound == offset + FrameDecoder.headerBytes && range.upperBound <= buffer.count)
                    ranges.append(range)
                    offset = range.upperBound
                case .incomplete(let needed): return (ranges, offset + needed)
                case nil: return (ranges, nil)
                }
            }
        }
    }

    private static func open(_ frame: ArraySlice<UInt8>) {
        let found: RequestEnvelope? = frame.withBytes { buffer in
            guard case .request(let envelope)? = try? ClientFrame(buffer, maxValues: 1 << 16) else { return nil }
            for range in [envelope.repository, envelope.arguments] {
                precondition(range.map { $0.lowerBound >= 0 && $0.upperBound <= buffer.count } ?? true, "a range outside its frame")
            }
            return envelope
        }
        guard let range = found?.arguments else { return }
        arguments(frame[frame.startIndex + range.lowerBound..<frame.startIndex + range.upperBound])
    }

    // MARK: Requests

    /// Arguments in a frame are well-formed by then; here they need not be. What is understood is understood by any operation.
    private static func arguments(_ bytes: ArraySlice<UInt8>) {
        guard let arguments = try? RequestArguments(bytes) else { return }
        for operation in Operation.allCases where operation.needsRepository {
            _ = try? RepositoryOperation(operation, repository: "r", arguments, maxPageSize: 10_000)
        }
    }

    // MARK: Documents

    /// A document survives the way to the file and back.
    private static func documents(_ bytes: [UInt8]) {
        guard let document = try? Document(validating: bytes[...]) else { return }
        let text = json(Array(document.bytes))
        guard let stored = messagePack(text) else { preconditionFailure("a document's JSON is not read") }
        precondition((try? Document(validating: stored[...])) != nil, "what comes back is no document")
        precondition(json(stored) == text, "another document comes back")
    }

    /// JSON that is understood means the same when it is written again.
    private static func extendedJSON(_ bytes: [UInt8]) {
        guard let value = messagePack(bytes) else { return }
        guard let again = messagePack(json(value)) else { preconditionFailure("JSON of ours is not read") }
        precondition(again == value, "JSON of ours means another value")
    }

    private static func messagePack(_ json: [UInt8]) -> [UInt8]? {
        var writer = MessagePackWriter()
        let isRead: Void? = json.withUnsafeBytes { try? ExtendedJSON.messagePack(fromJSON: $0, appendTo: &writer) }
        return isRead == nil ? nil : writer.bytes
    }

    private static func json(_ value: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        value.withUnsafeBytes { buffer in
            var reader = MessagePackReader(buffer)
            ExtendedJSON.json(fromMessagePack: &reader, appendTo: &text)
        }
        return text
    }

    // MARK: MessagePack

    /// The reader accepts what msgpack-c accepts.
    private static func wellFormedness(_ bytes: [UInt8]) {
        // Announced counts of 32 bits make msgpack-c allocate for them: the very reason why the reader is our own.
        let bytes = bytes.map { $0 == 0xdd || $0 == 0xdf ? 0x91 : $0 }
        guard !bytes.isEmpty, let expected = MessagePackLibrary.accepts(bytes) else { return }
        let isAccepted = bytes.withUnsafeBytes { buffer in
            var reader = MessagePackReader(buffer)
            var budget = 1 << 20
            return (try? reader.skip(budget: &budget)) != nil && reader.isAtEnd
        }
        precondition(isAccepted == expected, "the reader and msgpack-c disagree")
    }

    // MARK: Tokens

    /// A text is refused, or is a token that says the same again. The first byte says how many fields it orders by.
    private static func pageTokens(_ bytes: [UInt8]) {
        guard let count = bytes.first else { return }
        let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
        for digest in [0, UInt64.max] as [UInt64] {
            guard let token = try? PageToken(text: text, digest: digest, orderCount: Int(count % 9)) else { continue }
            let again = try? PageToken(text: token.text, digest: digest, orderCount: Int(count % 9))
            precondition(again?.text == token.text, "a token says something else the second time")
        }
    }
}
