import SluiceBackend
import SluiceProtocol

/// The records of one part as they come, until there are as many as are wanted or their bytes are. A value; one for each part.
struct PageCollector {
    private let wanted: Int
    private let maxBytes: Int
    private var page = RecordPage()
    private var lastStart = 0
    private var hasMore = false

    init(wanted: Int, maxBytes: Int) {
        self.wanted = wanted
        self.maxBytes = maxBytes
    }

    /// Whether it is known what is in the part, and whether anything is behind it.
    var isFull: Bool { hasMore }

    /// Takes the next record, which `append` writes.
    mutating func add(_ append: (inout [UInt8]) throws(SluiceError) -> Void) throws(SluiceError) {
        guard page.count < wanted else { return hasMore = true }
        let start = page.bytes.count
        try append(&page.bytes)
        if page.count > 0, page.bytes.count > maxBytes {
            page.bytes.removeSubrange(start...)
            return hasMore = true
        }
        lastStart = start
        page.count += 1
    }

    /// The part.
    /// - Parameter token: the place of a record, asked only when something is behind the last.
    func finished(_ token: (Document) -> PageToken) -> RecordPage {
        var page = page
        if hasMore, page.count > 0 { page.next = token(Document(trusted: page.bytes[lastStart...])) }
        return page
    }
}
