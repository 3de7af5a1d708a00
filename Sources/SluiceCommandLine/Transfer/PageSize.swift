import SluiceClient

/// How many records the next page of a walk asks for: small records come thousands at a time, large ones a few, so that memory stays
/// the same.
/// A value; the walk owns it.
struct PageSize: Equatable {
    /// What the next page asks for.
    private(set) var records = 100

    /// What a page should hold, bytes.
    static let wantedBytes = 2 << 20
    /// However small records are.
    static let most = 5_000

    /// Learns from a page that came.
    mutating func follow(_ page: [Document]) {
        guard !page.isEmpty else { return }
        let bytes = page.reduce(0) { $0 + $1.bytes.count }
        let fitting = Self.wantedBytes / max(1, bytes / page.count)
        // A few small records say little about the next ones.
        records = max(1, min(fitting, records * 4, Self.most))
    }
}
