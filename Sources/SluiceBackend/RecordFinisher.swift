import SluiceProtocol

/// Finishes a `getAll` that its engine cannot answer by itself: takes the engine's records one by one, keeps those that match and, when
/// there
/// is an order, the least of them, and makes one part of the result. A value; one for each part.
///
/// With an order the engine gives every record that may match, wherever the token stands. Without one it starts behind `query.after`
/// itself,
/// and its own order must stay the same from one part to the next.
public struct RecordFinisher {
    private let query: RecordQuery
    private let filter: Filter
    private let rules: RecordRules
    private let now: Timestamp
    private let order: RecordOrder
    /// Where an ordered part starts: behind it.
    private let start: RecordOrder.Place?
    /// Records in the part, at most.
    private let wanted: Int
    /// Records that have to be looked at for it, one more than wanted since that tells whether anything is behind.
    private let needed: Int
    private var work: FinishedWork
    private var passedOver = 0
    private var candidates: [Candidate] = []
    private var candidateBytes = 0
    /// The last place that still counts, once more candidates came than are needed.
    private var horizon: RecordOrder.Place?
    private var isCutShort = false

    private struct Candidate {
        let place: RecordOrder.Place
        let bytes: [UInt8]
    }

    /// For one part of a result.
    /// - Parameters:
    ///   - filter: what is left to be matched here; the engine has matched the rest of the query's.
    ///   - now: when records count as expired.
    ///   - tieFields: see `RecordOrder`.
    /// - Throws: `invalidInput` for a token that no `RecordOrder` made.
    public init(
        _ query: RecordQuery, matching filter: Filter, rules: RecordRules, now: Timestamp, tieFields: [String] = []
    ) throws(SluiceError) {
        self.query = query
        self.filter = filter
        self.rules = rules
        self.now = now
        order = RecordOrder(query.order, tieFields: tieFields)
        start = if !query.order.isEmpty, let after = query.after { try order.place(of: after) } else { nil }
        wanted = min(query.pageSize ?? query.limit ?? .max, rules.limits.maxPageSize)
        needed = wanted + 1 + (query.order.isEmpty ? 0 : min(query.offset, rules.limits.maxFinishedRecords))
        work = FinishedWork(rules.limits)
    }

    /// Whether no further record can change the part, so that the engine need not look for more.
    public var isFull: Bool {
        query.order.isEmpty && (isCutShort || candidates.count >= needed || candidates.count > 1 && candidateBytes > maxBytes)
    }

    /// Takes a record of the engine's. Bytes that are kept are copied.
    /// - Throws: `tooLarge`, naming the bound, when finishing the question takes more than it allows.
    public mutating func add(_ record: Document) throws(SluiceError) {
        guard !isFull else { return }
        if query.order.isEmpty { try addUnordered(record) } else { try addOrdered(record) }
    }

    private func matches(_ record: Document) -> Bool { rules.isLive(record, at: now) && filter.matches(record) }

    private mutating func addUnordered(_ record: Document) throws(SluiceError) {
        if !filter.isEmpty || query.offset > 0 {
            // What was found is an answer; the next part begins with a bound of its own.
            guard candidates.isEmpty || work.admits(bytes: record.bytes.count) else { return isCutShort = true }
            try work.take(bytes: record.bytes.count)
        }
        guard matches(record) else { return }
        if passedOver < query.offset { passedOver += 1 } else { keep(record, order.place(of: record)) }
    }

    private mutating func addOrdered(_ record: Document) throws(SluiceError) {
        try work.take(bytes: record.bytes.count)
        guard matches(record) else { return }
        let place = order.place(of: record)
        if let start, !order.precedes(start, place) { return }
        if let horizon, !order.precedes(place, horizon) { return }
        keep(record, place)
        // Sorting when twice as many came as are needed costs each record a logarithm, as a heap would.
        guard candidates.count >= 2 * max(needed, 512) else { return }
        sort()
        candidates.removeSubrange(needed...)
        horizon = candidates.last?.place
    }

    private mutating func keep(_ record: Document, _ place: RecordOrder.Place) {
        candidates.append(Candidate(place: place, bytes: Array(record.bytes)))
        candidateBytes += record.bytes.count
    }

    private mutating func sort() { candidates.sort { order.precedes($0.place, $1.place) } }

    /// A part is at most so large, unless a single record is larger.
    private var maxBytes: Int {
        min(query.order.isEmpty ? rules.limits.resultPartBytes : rules.limits.sortedPartBytes, rules.limits.maxRecordBytes)
    }

    /// The part: as many records as are asked for and fit, and the place of the last when there is more behind it.
    public mutating func finished() -> RecordPage {
        if !query.order.isEmpty { sort() }
        let found = candidates.dropFirst(query.order.isEmpty ? 0 : query.offset)
        var page = RecordPage()
        for candidate in found {
            if page.count == wanted || page.count > 0 && page.bytes.count + candidate.bytes.count > maxBytes { break }
            page.bytes += candidate.bytes
            page.count += 1
        }
        if page.count > 0, page.count < found.count || isCutShort {
            page.next = order.token(of: found[found.startIndex + page.count - 1].place)
        }
        return page
    }
}
