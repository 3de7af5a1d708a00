import SluiceProtocol

/// Some records of a `getAll`: as many as fit in one part of a result.
public struct RecordPage: Sendable {
    /// The records' MessagePack, one after the other.
    public var bytes: [UInt8]
    /// How many they are.
    public var count: Int
    /// Where to go on; nil when there is nothing behind.
    public var next: PageToken?

    /// A page.
    public init(bytes: [UInt8] = [], count: Int = 0, next: PageToken? = nil) {
        self.bytes = bytes
        self.count = count
        self.next = next
    }

    /// The first records of several, as many as make up some bytes.
    /// - Returns: where they end and how many they are; nil when nothing would be left behind them.
    public static func part(of records: ArraySlice<UInt8>, bytes: Int) -> (end: Int, count: Int)? {
        guard records.count > bytes else { return nil }
        return records.withBytes { buffer in
            var reader = MessagePackReader(buffer)
            var budget = Int.max
            var count = 0
            while reader.offset < bytes {
                // What an engine answers is well-formed; were it not, it would not be split.
                guard (try? reader.skip(budget: &budget)) != nil else { return nil }
                count += 1
            }
            return reader.offset < buffer.count ? (records.startIndex + reader.offset, count) : nil
        }
    }
}
