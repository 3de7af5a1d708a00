import SluiceProtocol

/// Counts what Sluice takes in to finish a question that its engine cannot, up to the bounds that `Limits` names. A value; one for each
/// question.
public struct FinishedWork: Sendable {
    private let limits: Limits
    private var records = 0
    private var bytes = 0

    /// Nothing taken in yet.
    public init(_ limits: Limits) { self.limits = limits }

    /// Whether another record of so many bytes would still be within the bounds.
    public func admits(bytes added: Int) -> Bool { records < limits.maxFinishedRecords && bytes + added <= limits.maxFinishedBytes }

    /// Takes in a record.
    /// - Throws: `tooLarge`, naming the bound that is passed.
    public mutating func take(bytes added: Int) throws(SluiceError) {
        guard records < limits.maxFinishedRecords else { throw Self.refusal("maxFinishedRecords", limits.maxFinishedRecords, "records") }
        guard bytes + added <= limits.maxFinishedBytes else {
            throw Self.refusal("maxFinishedBytes", limits.maxFinishedBytes, "bytes of records")
        }
        records += 1
        bytes += added
    }

    private static func refusal(_ limit: String, _ value: Int, _ what: String) -> SluiceError {
        .tooLarge(
            "this engine leaves order, offset or a condition to be finished outside it, and that would take more than \(value) \(what); "
                + "narrow the filter by the key or an index",
            limit: limit, value: value)
    }
}
