/// The question of a `getAll`: which records, in what order, how many, from where.
public struct RecordQuery: Sendable {
    /// What must hold.
    public var filter: Filter
    /// The order; empty is open.
    public var order: [SortField]
    /// At most so many records in all; nil is no limit.
    public var limit: Int?
    /// So many records are passed over first.
    public var offset: Int
    /// The caller pages by token, so many records a page.
    public var pageSize: Int?
    /// Where to go on: a caller's token, or where the part before this one ended.
    public var after: PageToken?

    /// A question.
    public init(
        filter: Filter = Filter(), order: [SortField] = [], limit: Int? = nil, offset: Int = 0, pageSize: Int? = nil,
        after: PageToken? = nil
    ) {
        self.filter = filter
        self.order = order
        self.limit = limit
        self.offset = offset
        self.pageSize = pageSize
        self.after = after
    }
}
