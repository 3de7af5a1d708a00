import SluiceProtocol

/// How an engine answers a question (PROTOCOL.md section 8, `explain`): what it does, what is left to Sluice, what it read for the first
/// page.
public struct Explanation: Sendable, Equatable {
    /// What the engine does, in its own words: a line for each step.
    public var plan: [String]
    /// What Sluice does itself with what it has read: `filter`, `order`, `offset`.
    public var finished: [String]
    /// The records or items that the engine read; nil where it does not say.
    public var itemsRead: Int?
    /// How many records the first page has.
    public var records: Int

    /// An explanation.
    public init(plan: [String], finished: [String] = [], itemsRead: Int? = nil, records: Int) {
        self.plan = plan
        self.finished = finished
        self.itemsRead = itemsRead
        self.records = records
    }

    /// The map that callers see.
    public func structured(engine: String) -> StructuredValue {
        .map(
            [
                .init("engine", .string(engine)), .init("plan", .list(plan.map { .string($0) })),
                .init("finished", .list(finished.map { .string($0) })), .init("records", .integer(Int64(records))),
            ] + (itemsRead.map { [.init("itemsRead", .integer(Int64($0)))] } ?? []))
    }
}
