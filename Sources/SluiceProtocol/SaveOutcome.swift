/// What became of one object of a `saveMany` (PROTOCOL.md section 6): `{1: document}` or `{2: error}`.
public struct SaveOutcome: Sendable {
    /// The record as stored, or why it is not.
    public let result: Result<Document, SluiceError>

    /// Reads the outcome that is all of `storage`.
    /// - Throws: `invalidInput`.
    public init(_ storage: ArraySlice<UInt8>) throws(SluiceError) {
        result = try storage.withBytes { buffer throws(SluiceError) in
            var reader = MessagePackReader(buffer)
            guard case .map(let entries) = try reader.next() else { throw .malformed("an outcome must be a map") }
            var result: Result<Document, SluiceError>?
            try reader.forEachEntry(entries) { key, reader throws(SluiceError) in
                switch key {
                case 1:
                    let start = reader.offset
                    var budget = Int.max
                    try reader.skip(budget: &budget)
                    let bytes = storage[storage.startIndex + start..<storage.startIndex + reader.offset]
                    result = .success(try Document(validating: bytes))
                case 2: result = .failure(try SluiceError(&reader))
                default: return false
                }
                return true
            }
            guard let result else { throw .malformed("an outcome with neither document nor error") }
            return result
        }
    }
}
