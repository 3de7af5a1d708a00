/// The keys that a map of integer keys has shown so far, so that one that comes twice is noticed (PROTOCOL.md section 3). A value of
/// whoever reads the map. Only keys below 64 are kept: every key with a meaning is one, and what is skipped is not looked at.
struct SeenKeys {
    private var bits: UInt64 = 0

    /// Some keys have been read already.
    init(_ keys: Int64...) { for key in keys { bits |= 1 << key } }

    /// - Throws: `invalidInput` for a key that was there before.
    mutating func insert(_ key: Int64) throws(SluiceError) {
        guard (0..<64).contains(key) else { return }
        guard bits & 1 << key == 0 else { throw .invalidInput("the key \(key) stands twice in one map") }
        bits |= 1 << key
    }
}

extension MessagePackReader {
    /// Calls `body` with the integer key of each remaining entry of a map; an entry that it answers false for, unread, is skipped.
    /// - Parameters:
    ///   - seen: keys that were read before.
    ///   - maxValues: how many values may be skipped; by default the bytes alone bound the work, since every value takes one at least.
    mutating func forEachEntry(
        _ entries: Int, after seen: SeenKeys = SeenKeys(), maxValues: Int = .max,
        _ body: (_ key: Int64, _ reader: inout MessagePackReader) throws(SluiceError) -> Bool
    ) throws(SluiceError) {
        var seen = seen
        var budget = maxValues
        for _ in 0..<entries {
            let key = try integer("a map's key")
            try seen.insert(key)
            if !(try body(key, &self)) { try skip(budget: &budget) }
        }
    }
}
