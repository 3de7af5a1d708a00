/// What a pooled connection is used for.
public enum ConnectionRole: Sendable, Hashable, CaseIterable {
    /// Reads only.
    case reads
    /// Writes and definitions only.
    case writes
    /// Everything.
    case readsAndWrites

    /// Whether it takes such work.
    public func admits(isWrite: Bool) -> Bool {
        switch self {
        case .reads: !isWrite
        case .writes: isWrite
        case .readsAndWrites: true
        }
    }
}
