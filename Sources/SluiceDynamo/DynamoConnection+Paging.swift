import SluiceBackend
import SluiceProtocol

extension DynamoConnection {
    /// The records of one part: as many as are asked for and fit.
    func page(_ query: RecordQuery, _ batch: Batch, deadline: MonotonicTime) throws(SluiceError) -> RecordPage {
        try batch.layout.rules.check(query.filter)
        let plan = AccessPlan(query.filter, batch.layout.definition)
        switch plan {
        case .nothing: return RecordPage()
        case .items(let keys): return try page(of: keys, query, batch, deadline: deadline)
        case .query, .index, .scan:
            let question = ItemQuestion(plan, query.filter, batch.layout, now: batch.now)
            guard let isBackward = Self.direction(query.order, plan, batch.layout.definition) else {
                return try page(query, question, ItemQuestion.Page(), batch, deadline: deadline)
            }
            // DynamoDB has the order, so a walk only needs to know where it stands; a token has as many values as the order all the same.
            var unordered = query
            unordered.order = []
            unordered.after = query.after.map { PageToken(digest: $0.digest, keys: [], id: $0.id) }
            var page = try page(unordered, question, ItemQuestion.Page(isBackward: isBackward), batch, deadline: deadline)
            page.next = page.next.map { PageToken(digest: $0.digest, keys: query.order.map { _ in .null }, id: $0.id) }
            return page
        }
    }

    /// Whether a Query gives the order by itself, and in which direction: by the range key of the table, in which no two records agree.
    private static func direction(_ order: [SortField], _ plan: AccessPlan, _ definition: RepositoryDefinition) -> Bool? {
        if order.isEmpty { return false }
        guard case .query = plan, let rangeKey = definition.rangeKey, order[0].field.text.utf8.elementsEqual(rangeKey.name.utf8) else {
            return nil
        }
        return order[0].isDescending
    }

    private func page(
        _ query: RecordQuery, _ question: ItemQuestion, _ first: ItemQuestion.Page, _ batch: Batch, deadline: MonotonicTime
    ) throws(SluiceError) -> RecordPage {
        var finisher = try RecordFinisher(
            query, matching: query.filter, rules: batch.layout.rules, now: batch.now, tieFields: question.placeFields)
        var page = first
        if query.order.isEmpty {
            if let after = query.after {
                let place = try RecordOrder([], tieFields: question.placeFields).place(of: after)
                page.start = try question.start(behind: place.tieValues)
            }
            // One more than wanted tells whether anything is behind.
            if question.isUnfiltered, let wanted = query.pageSize ?? query.limit { page.limit = Self.items(for: wanted, query.offset) }
        }
        try forEachPage(question, page, batch, deadline: deadline) { records throws(SluiceError) in
            for record in records where !finisher.isFull { try finisher.add(record) }
            return !finisher.isFull
        }
        return finisher.finished()
    }

    /// Items that one question reads, at most, when fewer would do than DynamoDB reads at once.
    private static let maxLimit = 10_000

    /// How many items to ask for: any number may be wanted or passed over.
    private static func items(for wanted: Int, _ offset: Int) -> Int { min(min(wanted, maxLimit) + min(offset, maxLimit) + 1, maxLimit) }

    /// The same by keys, in the order in which the filter names them.
    private func page(
        of keys: [DynamoKey], _ query: RecordQuery, _ batch: Batch, deadline: MonotonicTime
    ) throws(SluiceError) -> RecordPage {
        let tieFields = batch.layout.definition.keyFields.map(\.name).filter { $0 != "id" }
        var finisher = try RecordFinisher(
            query, matching: query.filter, rules: batch.layout.rules, now: batch.now, tieFields: tieFields)
        var rest = keys[...]
        if query.order.isEmpty, let after = query.after {
            let place = try RecordOrder([], tieFields: tieFields).place(of: after).tieValues
            let isKeyedById = batch.layout.definition.hashKey.name == "id"
            let last = DynamoKey(isKeyedById ? place : Array(place.dropFirst()))
            if let index = keys.firstIndex(of: last) { rest = keys[(index + 1)...] }
        }
        try forEachPage(of: Array(rest), batch, deadline: deadline) { records throws(SluiceError) in
            for record in records where !finisher.isFull { try finisher.add(record) }
            return !finisher.isFull
        }
        return finisher.finished()
    }

    /// How a question is answered: the plan, what is left to Sluice, and a run over the first page.
    func explanation(_ query: RecordQuery, _ batch: Batch, deadline: MonotonicTime) throws(SluiceError) -> Explanation {
        let before = itemsRead
        let page = try page(query, batch, deadline: deadline)
        let definition = batch.layout.definition
        let plan = AccessPlan(query.filter, definition)
        var finished: [String] = []
        let description: String
        switch plan {
        case .nothing: description = "nothing can match"
        case .items(let keys):
            description = keys.count == 1 ? "GetItem" : "BatchGetItem of \(keys.count) keys"
            if query.filter.conditions.count > definition.keyFields.count { finished.append("filter") }
        case .query, .index, .scan:
            let question = ItemQuestion(plan, query.filter, batch.layout, now: batch.now)
            description = question.description
            if !question.isExact { finished.append("filter") }
        }
        if !query.order.isEmpty, Self.direction(query.order, plan, definition) == nil { finished.append("order") }
        if query.offset > 0 { finished.append("offset") }
        return Explanation(plan: [description], finished: finished, itemsRead: itemsRead - before, records: page.count)
    }
}
