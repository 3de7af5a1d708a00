import SluiceBackend
import SluiceProtocol

extension MongoConnection {
    /// The records of one part: as many as are asked for and fit.
    func page(_ query: RecordQuery, _ batch: Batch, maxTime: UInt32) throws(SluiceError) -> RecordPage {
        try batch.layout.rules.check(query.filter)
        let order = MongoOrder(query.order, batch.layout)
        if !order.isById, let finished = try finishedPage(query, order, batch, maxTime: maxTime) { return finished }
        let wanted = wanted(query)
        let partBytes = order.isById ? limits.resultPartBytes : limits.sortedPartBytes
        var page = PageCollector(wanted: wanted, maxBytes: min(partBytes, limits.maxRecordBytes))
        // One more than wanted tells whether anything is behind.
        try findInOrder(query, order, batch, offset: query.offset, limit: wanted + 1, maxTime: maxTime, bytes: partBytes) {
            stored throws(SluiceError) in
            try page.add { bytes throws(SluiceError) in try batch.layout.appendRecord(stored, to: &bytes) }
            return !page.isFull
        }
        let places = RecordOrder(query.order)
        return page.finished { places.token(of: places.place(of: $0)) }
    }

    func wanted(_ query: RecordQuery) -> Int { min(query.pageSize ?? query.limit ?? limits.maxPageSize, limits.maxPageSize) }

    /// Calls `body` with the records that are not special, in their order, from the token's place on.
    private func findInOrder(
        _ query: RecordQuery, _ order: MongoOrder, _ batch: Batch, offset: Int, limit: Int, maxTime: UInt32, bytes: Int?,
        _ body: (UnsafeRawBufferPointer) throws(SluiceError) -> Bool
    ) throws(SluiceError) {
        guard var clauses = batch.filters.clauses(query.filter, now: batch.now) else { return }
        order.addSpecial(false, to: &clauses)
        if let after = query.after { try order.addSeek(after, to: &clauses) }
        let options = BSONWriter.document { writer in
            order.appendSort(to: &writer)
            writer.int64("limit", Int64(limit))
            // MongoDB refuses a skip that with the limit is no integer of 64 bits; no collection has half as many records.
            if offset > 0 { writer.int64("skip", Int64(min(offset, .max / 2))) }
            Self.append(maxTime: maxTime, to: &writer)
        }
        try find(clauses.document, options, batch, bytes: bytes, body)
    }

    /// The part when special records are among those that match: they are few, and Sluice puts them in their places.
    /// - Returns: nil when there are none, so that MongoDB's order is the order.
    private func finishedPage(
        _ query: RecordQuery, _ order: MongoOrder, _ batch: Batch, maxTime: UInt32
    ) throws(SluiceError) -> RecordPage? {
        guard var special = batch.filters.clauses(query.filter, now: batch.now) else { return nil }
        order.addSpecial(true, to: &special)
        var finisher = try RecordFinisher(query, matching: Filter(), rules: batch.layout.rules, now: batch.now)
        var isAny = false
        let options = BSONWriter.document { writer in
            // One more is refused by the finisher, which names the bound.
            writer.int64("limit", Int64(limits.maxFinishedRecords + 1))
            Self.append(maxTime: maxTime, to: &writer)
        }
        try find(special.document, options, batch) { stored throws(SluiceError) in
            isAny = true
            try finisher.add(try batch.layout.record(stored))
            return true
        }
        guard isAny else { return nil }
        // More than the finisher takes in is refused by it.
        let limit = min(query.offset, limits.maxFinishedRecords) + wanted(query) + 1
        try findInOrder(query, order, batch, offset: 0, limit: limit, maxTime: maxTime, bytes: nil) { stored throws(SluiceError) in
            try finisher.add(try batch.layout.record(stored))
            return true
        }
        return finisher.finished()
    }

    /// How a question is answered: the stages of MongoDB's winning plan, and a run over the first page.
    func explanation(_ query: RecordQuery, _ batch: Batch, maxTime: UInt32) throws(SluiceError) -> Explanation {
        let page = try page(query, batch, maxTime: maxTime)
        let order = MongoOrder(query.order, batch.layout)
        guard let compiled = batch.filters.query(query.filter, now: batch.now) else {
            return Explanation(plan: ["nothing can match"], itemsRead: 0, records: 0)
        }
        let command = BSONWriter.document { writer in
            writer.document("explain") { writer in
                writer.string("find", batch.collection.name)
                writer.document("filter", raw: compiled)
                order.appendSort(to: &writer)
                writer.int64("limit", Int64(wanted(query)))
            }
            writer.string("verbosity", "executionStats")
        }
        do throws(MongoFailure) {
            return try batch.collection.command(command, isWrite: false) { reply in
                let stages = reply.stages
                return Explanation(plan: stages.isEmpty ? ["find"] : stages, itemsRead: reply.documentsExamined, records: page.count)
            }
        } catch { throw error.error(isWrite: false) }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func document(_ name: String) -> UnsafeRawBufferPointer? {
        guard let element = (try? element(name)) ?? nil, element.type == .document else { return nil }
        return element.value
    }

    private func text(_ name: String) -> String? {
        guard let element = (try? element(name)) ?? nil, element.type == .string, let text = try? element.text() else { return nil }
        return String(decoding: text, as: UTF8.self)
    }

    /// The stages of an explained find's winning plan, outermost first
    /// (https://www.mongodb.com/docs/manual/reference/explain-results/).
    fileprivate var stages: [String] {
        var stages: [String] = []
        var stage = document("queryPlanner")?.document("winningPlan")
        if let inner = stage?.document("queryPlan") { stage = inner }
        while let current = stage, stages.count < 32 {
            guard let name = current.text("stage") else { break }
            stages.append(name + (current.text("indexName").map { " using index \($0)" } ?? ""))
            stage = current.document("inputStage")
        }
        return stages
    }

    fileprivate var documentsExamined: Int? {
        (((try? document("executionStats")?.element("totalDocsExamined")) ?? nil)?.integer).map { Int($0) }
    }
}
