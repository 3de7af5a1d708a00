import Testing

/// One rule over the sources, with samples that prove it can be broken. A value without state.
protocol TidyRule: Sendable, CustomTestStringConvertible {
    /// What must hold, in words.
    var demand: String { get }
    /// Trees that break the rule, each in one way.
    var offences: [SourceTree] { get }
    /// Trees that keep it, though one might be mistaken.
    var innocents: [SourceTree] { get }
    func complaints(about tree: SourceTree) -> [Complaint]
}

extension TidyRule {
    var testDescription: String { demand }
}
