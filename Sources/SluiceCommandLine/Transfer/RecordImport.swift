import SluiceClient

/// Brings lines of JSON into a repository, many at once. Owned by the import command's task; only the requests run beside it.
struct RecordImport {
    /// What the lines came to.
    struct Tally: Equatable {
        /// Records that are stored.
        var imported = 0
        /// Lines that are not.
        var failed = 0
        /// Records that brought no key, and so are created anew each time.
        var keyless = 0
    }

    /// One request's end.
    private struct Outcome: Sendable {
        let line: Int
        let bytes: Int
        let key: RecordKey.Value?
        let error: SluiceError?
    }

    /// Bytes of the records that are under way together, however many there are.
    static let maxBytesUnderWay = 32 << 20

    private let repository: Repository
    private let key: RecordKey
    private let concurrency: Int
    /// Whether a line that cannot be imported is passed over.
    private let keepsGoing: Bool
    /// Told of each line that is passed over.
    private let complain: (SluiceError) -> Void

    private(set) var tally = Tally()
    private var underWay = 0
    private var bytesUnderWay = 0
    private var keysUnderWay: Set<RecordKey.Value> = []
    /// What ends the import before its last line.
    private var ending: SluiceError?

    /// - Parameters:
    ///   - concurrency: requests under way at once.
    ///   - complain: is told of each line that is passed over, and why.
    init(
        _ repository: Repository, key: RecordKey, concurrency: Int, keepsGoing: Bool, complain: @escaping (SluiceError) -> Void
    ) {
        self.repository = repository
        self.key = key
        self.concurrency = concurrency
        self.keepsGoing = keepsGoing
        self.complain = complain
    }

    /// Imports every line.
    /// - Parameter step: is told of each line that is begun.
    /// - Throws: what ended it early, a line's number before it, once all that was under way has been answered.
    mutating func run(_ lines: inout LineReader, step: (Tally, LineReader) -> Void) async throws(SluiceError) {
        await withTaskGroup(of: Outcome.self) { group in
            do throws(SluiceError) {
                while ending == nil {
                    // Answers are taken while whoever writes the lines is slow: reading would keep this thread.
                    while underWay > 0, !lines.isReady { await settleOne(&group) }
                    guard let line = try lines.next() else { break }
                    await begin(line, &group)
                    step(tally, lines)
                }
            } catch { ending = error }
            while underWay > 0 { await settleOne(&group) }
        }
        if let ending { throw ending }
    }

    private mutating func begin(_ line: LineReader.Line, _ group: inout TaskGroup<Outcome>) async {
        do throws(SluiceError) {
            guard let record = try Self.record(line) else { return }
            let key = key.value(in: record)
            while !hasRoom(for: record, key) { await settleOne(&group) }
            guard ending == nil else { return }
            underWay += 1
            bytesUnderWay += record.bytes.count
            if let key { keysUnderWay.insert(key) } else { tally.keyless += 1 }
            group.addTask { [repository] in
                let error = await Self.upsert(record, isRepeatable: key != nil, in: repository)
                return Outcome(line: line.number, bytes: record.bytes.count, key: key, error: error)
            }
        } catch { fail(line.number, error) }
    }

    /// Nil for a line of white space.
    private static func record(_ line: LineReader.Line) throws(SluiceError) -> Document? {
        guard let bytes = line.bytes else {
            throw .tooLarge(
                "the line has more than \(LineReader.maxLineBytes) bytes", limit: "maxLineBytes", value: LineReader.maxLineBytes)
        }
        guard bytes.contains(where: { ![0x20, 0x09, 0x0d].contains($0) }) else { return nil }
        // What some programs put before the first line: the byte order mark.
        let isMarked = line.number == 1 && bytes.starts(with: [0xef, 0xbb, 0xbf])
        return try TypedRecord.parse(json: isMarked ? Array(bytes.dropFirst(3)) : bytes)
    }

    /// Two lines with one key go one after the other, so that the later one has the last word.
    private func hasRoom(for record: Document, _ key: RecordKey.Value?) -> Bool {
        guard underWay > 0 else { return true }
        return underWay < concurrency && bytesUnderWay + record.bytes.count <= Self.maxBytesUnderWay
            && !(key.map(keysUnderWay.contains) ?? false)
    }

    private mutating func settleOne(_ group: inout TaskGroup<Outcome>) async {
        guard let outcome = await group.next() else { return }
        underWay -= 1
        bytesUnderWay -= outcome.bytes
        if let key = outcome.key { keysUnderWay.remove(key) }
        if let error = outcome.error { fail(outcome.line, error) } else { tally.imported += 1 }
    }

    private mutating func fail(_ line: Int, _ error: SluiceError) {
        tally.failed += 1
        var located = error
        located.message = "line \(line): \(error.message)"
        located.details["line"] = .integer(Int64(line))
        if keepsGoing, Self.isOfTheLine(error) { complain(located) } else if ending == nil { ending = located }
    }

    /// Whether the next line may fare better: the line is at fault, neither the repository nor the daemon.
    private static func isOfTheLine(_ error: SluiceError) -> Bool {
        switch error.code {
        case .invalidInput: error.reason != "undefinedRepository"
        case .tooLarge, .alreadyExists, .unsupported: true
        default: false
        }
    }

    /// The same record with the same key may be sent again: a daemon that was killed costs nothing but the time it takes to be back.
    private static func upsert(_ record: Document, isRepeatable: Bool, in repository: Repository) async -> SluiceError? {
        let attempts = isRepeatable ? 3 : 1
        for attempt in 1...attempts {
            do {
                try await repository.upsert(record)
                return nil
            } catch {
                guard attempt < attempts, error.isRetryable, error.code == .unavailable || error.code == .shuttingDown else { return error }
            }
        }
        return nil
    }
}
