/// Some records of a walk, and where it goes on.
public struct Page<Element: Sendable>: Sendable {
    /// The records.
    public let records: [Element]
    /// An opaque token, valid for ever; nil when there is nothing more.
    public let next: String?
}
