/// A client's frame opened, its arguments not yet: what the loop needs to route it, read without allocating.
public struct RequestEnvelope {
    /// The request's id.
    public var id: Int64
    /// The operation's code, perhaps unknown.
    public var operation: Int64?
    /// The repository's name as a range of the frame.
    public var repository: Range<Int>?
    /// The arguments' map as a range of the frame.
    public var arguments: Range<Int>?
    /// Milliseconds remaining.
    public var deadlineMilliseconds: Int64?
    /// From 1.
    public var attempt: Int64 = 1

    /// Reads the rest of a request whose kind and id have been read.
    /// - Throws: `invalidInput`, to be answered to the id.
    init(id: Int64, entries: Int, reader: inout MessagePackReader, maxValues: Int) throws(SluiceError) {
        self.id = id
        var budget = maxValues
        var seen = SeenKeys(0, 1)
        for _ in 0..<entries {
            guard case .integer(let key) = try reader.next() else { throw .invalidInput("an envelope's key is not an integer") }
            try seen.insert(key)
            switch key {
            case 2: operation = try reader.integer("the operation")
            case 3:
                guard case .string(let range) = try reader.next() else { throw .invalidInput("the repository must be a string") }
                repository = range
            case 4:
                let start = reader.offset
                var ahead = reader
                guard case .map = try ahead.next() else { throw .invalidInput("the arguments must be a map") }
                try reader.skip(budget: &budget)
                arguments = start..<reader.offset
            case 5:
                let milliseconds = try reader.integer("the deadline")
                guard milliseconds >= 0 else { throw .invalidInput("the deadline is negative") }
                deadlineMilliseconds = milliseconds
            case 6:
                attempt = try reader.integer("the attempt")
                guard attempt >= 1 else { throw .invalidInput("the attempt is not 1 or more") }
            default: try reader.skip(budget: &budget)
            }
        }
        guard reader.isAtEnd else { throw .malformed("\(reader.bytes.count - reader.offset) bytes after the frame's map") }
    }
}

extension MessagePackReader {
    /// Reads an integer.
    /// - Throws: `invalidInput` naming `what`.
    mutating func integer(_ what: String) throws(SluiceError) -> Int64 {
        switch try next() {
        case .integer(let value): return value
        case .oversizedInteger: throw .invalidInput("\(what) is over 2^63-1")
        default: throw .invalidInput("\(what) must be an integer")
        }
    }
}
