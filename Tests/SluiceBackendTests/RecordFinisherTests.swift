import SluiceBackend
import SluiceProtocol
import SluiceTesting
import Testing

/// Questions finished over an engine that only knows how to give all its records in an order of its own.
@Suite struct RecordFinisherTests {
    private static let now = Timestamp(milliseconds: 1_767_323_045_678)!

    /// Answers a question part by part, as the server asks for it.
    private func answer(
        _ question: RecordQuery, over records: [RecordValue], matching: Filter? = nil,
        definition: RepositoryDefinition = .init(name: "items"),
        limits: Limits = Limits(), parts: inout Int
    ) throws -> [RecordValue] {
        var query = question
        var found: [RecordValue] = []
        while true {
            let rules = RecordRules(definition, limits: limits)
            var finisher = try RecordFinisher(query, matching: matching ?? query.filter, rules: rules, now: Self.now)
            for record in try rest(records, of: query) where !finisher.isFull { try finisher.add(try Document(record)) }
            let page = finisher.finished()
            parts += 1
            found += try page.records
            guard let next = page.next, query.limit.map({ page.count < $0 }) ?? true else { return found }
            #expect(page.count > 0)
            // As over the wire: a token is text, and a walk goes on with the same question.
            query.after = try PageToken(text: next.text, digest: 0, orderCount: query.order.count)
            query.offset = 0
            query.limit = query.limit.map { $0 - page.count }
        }
    }

    private func answer(_ question: RecordQuery, over records: [RecordValue], limits: Limits = Limits()) throws -> [RecordValue] {
        var parts = 0
        return try answer(question, over: records, limits: limits, parts: &parts)
    }

    /// Without an order an engine starts behind the token itself.
    private func rest(_ records: [RecordValue], of query: RecordQuery) throws -> ArraySlice<RecordValue> {
        guard query.order.isEmpty, let after = query.after else { return records[...] }
        return records[(try #require(records.firstIndex { $0.id.text == after.id }) + 1)...]
    }

    private func records(_ count: Int) -> [RecordValue] {
        (0..<count).map { number in
            var record: RecordValue = [
                "id": .string("\(number)"), "n": .integer(Int64(number * 7919 % count)), "s": .string("s\(number % 10)"),
            ]
            if number % 3 != 0 { record["m"] = .integer(Int64(number % 5)) }
            return record
        }
    }

    @Test func anOrderWithOffsetAndLimit() throws {
        let items = records(3_000)
        let order = [try SortField.by("-n")]
        for (offset, limit) in [(0, 1), (0, 10), (100, 25), (2_990, 100), (3_000, 5), (5_000, 5), (0, 3_000), (.max, 1)] {
            let found = try answer(RecordQuery(order: order, limit: limit, offset: offset), over: items)
            let expected = (0..<3_000).reversed().dropFirst(offset).prefix(limit).map { RecordValue.integer($0) }
            #expect(found.map { $0["n"] } == expected, "\(offset) \(limit)")
        }
        let most = try answer(RecordQuery(filter: try Filter([["s", "eq", "s3"]]), order: order, limit: 2), over: items)
        #expect(most.allSatisfy { $0["s"] == "s3" } && most.count == 2)
    }

    @Test func pagesInAnOrderWithTiesGiveEachRecordOnce() throws {
        let items = records(150)
        for order in [["m"], ["-m"], ["m", "-s"], ["-s", "m"], ["gone"], ["-id"]] {
            let order = try order.map { try SortField.by($0) }
            let whole = try answer(RecordQuery(order: order), over: items)
            #expect(whole.count == 150)
            for pageSize in [7, 149, 150, 151] {
                #expect(try answer(RecordQuery(order: order, pageSize: pageSize), over: items.reversed()) == whole, "\(order) \(pageSize)")
            }
            #expect(
                try answer(RecordQuery(order: order.map { SortField($0.field, isDescending: !$0.isDescending) }), over: items)
                    == whole.reversed())
        }
    }

    @Test func withoutAnOrderTheEngineIsOnlyAskedForWhatIsNeeded() throws {
        let items = records(1_000)
        var finisher = try RecordFinisher(
            RecordQuery(limit: 10, offset: 5), matching: Filter(), rules: RecordRules(.init(name: "items"), limits: Limits()), now: Self.now
        )
        var taken = 0
        for item in items where !finisher.isFull {
            try finisher.add(try Document(item))
            taken += 1
        }
        #expect(taken == 16)
        let page = finisher.finished()
        #expect(try page.records == Array(items[5..<15]))
        #expect(page.next?.id == "14")
        for pageSize in [3, 999, 1_000] { #expect(try answer(RecordQuery(pageSize: pageSize), over: items) == items) }
        #expect(try answer(RecordQuery(filter: try Filter([["s", "eq", "s1"]]), pageSize: 7), over: items).count == 100)
    }

    @Test func aPartEndsWhereItIsFull() throws {
        var limits = Limits()
        limits.resultPartBytes = 5_000
        limits.sortedPartBytes = 20_000
        let filler = RecordValue.string(String(repeating: "x", count: 1_000))
        var items = (0..<100).map { ["id": .string("\($0)"), "n": .integer(Int64($0)), "filler": filler] as RecordValue }
        items[3]["filler"] = .string(String(repeating: "y", count: 50_000))
        var parts = 0
        #expect(try answer(RecordQuery(), over: items, limits: limits, parts: &parts) == items)
        #expect(parts > 20)
        parts = 0
        #expect(try answer(RecordQuery(order: [try .by("n")]), over: items.shuffled(), limits: limits, parts: &parts) == items)
        #expect(parts > 5 && parts < 10)
    }

    @Test func boundsAreNamed() throws {
        var limits = Limits()
        limits.maxFinishedRecords = 100
        let order = [try SortField.by("n")]
        #expect(try answer(RecordQuery(order: order, limit: 5), over: records(100), limits: limits).count == 5)
        func refusal(_ query: RecordQuery, _ limits: Limits) throws -> SluiceError {
            try #require(throws: SluiceError.self) { try answer(query, over: records(101), limits: limits) }
        }
        let questions = [
            RecordQuery(order: order, limit: 5), RecordQuery(limit: 5, offset: 101),
            RecordQuery(filter: try Filter([["n", "eq", "gone"]])),
        ]
        for question in questions {
            let error = try refusal(question, limits)
            #expect(error.code == .tooLarge && error.limit == "maxFinishedRecords" && error.details["value"] == 100, "\(error)")
        }
        limits.maxFinishedRecords = 1_000
        limits.maxFinishedBytes = 1_000
        for question in questions { #expect(try refusal(question, limits).limit == "maxFinishedBytes") }
    }

    @Test func whatNeedsNoFinishingHasNoBound() throws {
        var limits = Limits()
        limits.maxFinishedRecords = 10
        let items = records(300)
        #expect(try answer(RecordQuery(), over: items, limits: limits) == items)
        var parts = 0
        let matched = try answer(
            RecordQuery(filter: try Filter([["n", "eq", "what the engine has matched"]])), over: items, matching: Filter(), limits: limits,
            parts: &parts)
        #expect(matched == items)
    }

    @Test func aWalkThatFindsSomethingGoesOnPastTheBound() throws {
        var limits = Limits()
        limits.maxFinishedRecords = 25
        // Every tenth record matches, so that each part finds two or three before it is at the bound.
        var parts = 0
        let found = try answer(
            RecordQuery(filter: try Filter([["s", "eq", "s9"]])), over: records(300), limits: limits, parts: &parts)
        #expect(found.count == 30 && parts > 10)
    }

    @Test func expiredRecordsAreNotThere() throws {
        var definition = RepositoryDefinition(name: "items")
        definition.timeToLive = .init(attribute: "created", seconds: 60)
        let ages: [Int64] = [0, 59_999, 60_000, 60_001, 1_000_000]
        var items = ages.map { ["id": .string("\($0)"), "created": .timestamp(Self.now.milliseconds - $0)] as RecordValue }
        items.append(["id": "never"])
        for order in [[], [try SortField.by("id")]] {
            var parts = 0
            let found = try answer(RecordQuery(order: order), over: items, definition: definition, parts: &parts)
            #expect(Set(found.map(\.id.text)) == ["0", "59999", "never"])
        }
    }

    @Test func aForeignTokenIsRefusedWhereAnOrderNeedsIt() throws {
        let query = RecordQuery(order: [try .by("n")], pageSize: 5, after: PageToken(digest: 0, keys: [.binary([7])], id: "x"))
        let error = try #require(throws: SluiceError.self) { try answer(query, over: []) }
        #expect(error.details["reason"] == "badToken")
    }
}

extension RecordPage {
    /// The records as trees.
    fileprivate var records: [RecordValue] {
        get throws(SluiceError) {
            var records: [RecordValue] = []
            try bytes[...].withBytes { buffer throws(SluiceError) in
                var reader = MessagePackReader(buffer)
                for _ in 0..<count { records.append(try RecordValue(&reader)) }
            }
            return records
        }
    }
}
