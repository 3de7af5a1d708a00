import SluiceProtocol

/// A walk through records. A page is fetched when the one before is used up, so a slow reader holds one page and nothing in the daemon.
public struct RecordSequence<Element: Sendable>: AsyncSequence, Sendable {
    typealias Fetch = @Sendable (_ token: String?) async throws(SluiceError) -> Page<Element>

    private let start: String?
    private let fetch: Fetch

    init(start: String?, fetch: @escaping Fetch) {
        self.start = start
        self.fetch = fetch
    }

    /// A walk from the start.
    public func makeAsyncIterator() -> Iterator { Iterator(token: start, fetch: fetch) }

    /// One walk.
    public struct Iterator: AsyncIteratorProtocol {
        private var records: ArraySlice<Element> = []
        /// Where the records after those at hand start: a walk can go on from here another day. Nil at the start and at the end.
        public private(set) var token: String?
        private var isLastPage = false
        private let fetch: Fetch

        init(token: String?, fetch: @escaping Fetch) {
            self.token = token
            self.fetch = fetch
        }

        /// The next record; nil at the end.
        /// - Throws: what the page's request throws; a later call tries that page again.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(SluiceError) -> Element? {
            // A page may be empty and still not be the last.
            while records.isEmpty {
                if isLastPage { return nil }
                let page = try await fetch(token)
                records = page.records[...]
                token = page.next
                isLastPage = page.next == nil
            }
            return records.popFirst()
        }

        /// The next record; nil at the end.
        public mutating func next() async throws(SluiceError) -> Element? { try await next(isolation: nil) }
    }
}
