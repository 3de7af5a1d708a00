/// One reply frame opened, its result not yet.
public struct ServerReply: Sendable {
    /// The request that it answers.
    public var id: Int64
    /// One MessagePack value, a slice of the frame; or why the request failed.
    public var result: Result<ArraySlice<UInt8>, SluiceError>
    /// Where the next page starts.
    public var token: String?
    /// Whether this is a part and more follows.
    public var hasMore = false

    /// Reads the rest of a reply whose kind has been read.
    /// - Throws: `invalidInput`.
    init(entries: Int, reader: inout MessagePackReader, storage: ArraySlice<UInt8>) throws(SluiceError) {
        guard entries >= 2, case .integer(1) = try reader.next(), case .integer(let id) = try reader.next() else {
            throw .malformed("a reply's second entry must be its id")
        }
        var result: Result<ArraySlice<UInt8>, SluiceError>?
        var token: String?
        var hasMore = false
        try reader.forEachEntry(entries - 1, after: SeenKeys(0, 1)) { key, reader throws(SluiceError) in
            switch key {
            case 2:
                let start = reader.offset
                var budget = Int.max
                try reader.skip(budget: &budget)
                result = .success(storage[storage.startIndex + start..<storage.startIndex + reader.offset])
            case 3: result = .failure(try SluiceError(&reader))
            case 4: token = try reader.text("the token")
            case 5:
                guard case .boolean(let value) = try reader.next() else { throw .malformed("'more' must be a boolean") }
                hasMore = value
            default: return false
            }
            return true
        }
        guard let result else { throw .malformed("a reply with neither result nor error") }
        self.id = id
        self.result = result
        self.token = token
        self.hasMore = hasMore
    }
}
