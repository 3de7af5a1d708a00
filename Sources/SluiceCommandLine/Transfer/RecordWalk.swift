import ArgumentParser
import SluiceClient

/// A walk through the records of a repository, a batch at a time. A value; the command that walks owns it.
struct RecordWalk {
    /// Records that a table shows when nobody says how many.
    static let tableLimit = 100

    private let repository: Repository
    private let filter: Filter
    /// The order; open when empty.
    var order: [SortField] = []
    /// At most so many; 0 is no limit.
    var limit = 0
    /// So many are passed over first.
    var offset = 0
    /// Records fetched at a time.
    var pageSize = 500

    /// The records that match.
    init(_ repository: Repository, _ filter: Filter) {
        self.repository = repository
        self.filter = filter
    }

    /// Checks `--page-size`.
    static func check(pageSize: Int) throws {
        guard (1...10_000).contains(pageSize) else { throw ValidationError("--page-size takes 1 to 10000") }
    }

    /// Calls `body` with each batch. While it works, the next page is on its way: two pages are all that is ever held.
    func forEachBatch(_ body: ([Document]) async throws -> Void) async throws {
        // Pages know no offset, and what fits one page needs no token.
        guard offset == 0, limit == 0 || limit > pageSize else {
            return try await body(try await repository.getAll(filter, order: order, limit: limit, offset: offset))
        }
        var left = limit == 0 ? Int.max : limit
        var page = try await repository.getPage(filter, order: order, pageSize: pageSize) as Page<Document>
        while true {
            let records = Array(page.records.prefix(left))
            left -= records.count
            guard left > 0, let token = page.next else { return try await body(records) }
            async let next: Page<Document> = repository.getPage(filter, order: order, pageSize: pageSize, token: token)
            try await body(records)
            page = try await next
        }
    }
}
