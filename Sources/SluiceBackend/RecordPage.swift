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
}
