import SluiceClient

/// A walk through the records of a repository, a batch at a time. A value; the command that walks owns it.
struct RecordWalk {
    private let repository: Repository
    private let filter: Filter
    /// The order; open when empty.
    var order: [SortField] = []
    /// At most so many; 0 is no limit.
    var limit = 0
    /// So many are passed over first.
    var offset = 0

    /// The records that match.
    init(_ repository: Repository, _ filter: Filter) {
        self.repository = repository
        self.filter = filter
    }

    /// Calls `body` with each batch. While it works, the next page is on its way: two pages are all that is ever held.
    /// - Throws: `SluiceError`, and what `body` throws.
    func forEachBatch(_ body: ([Document]) async throws -> Void) async throws {
        var size = PageSize()
        // Pages know no offset, and what fits one page needs no token.
        guard offset == 0, limit == 0 || limit > size.records else {
            return try await body(try await repository.getAll(filter, order: order, limit: limit, offset: offset))
        }
        var left = limit == 0 ? Int.max : limit
        var page: Page<Document> = try await repository.getPage(filter, order: order, pageSize: size.records)
        while true {
            let records = Array(page.records.prefix(left))
            left -= records.count
            guard left > 0, let token = page.next else { return try await body(records) }
            size.follow(page.records)
            let next = size.records
            async let following: Page<Document> = repository.getPage(filter, order: order, pageSize: next, token: token)
            try await body(records)
            page = try await following
        }
    }
}
