import Glibc
import SluiceBackend
import SluiceProtocol

extension DynamoConnection {
    /// Answers reads: those that ask for one item each in one question, identical ones once.
    func read(_ operations: [PendingOperation], _ batch: Batch) -> [Result<OperationResult, SluiceError>] {
        var points: [(filter: Filter, key: DynamoKey)] = []
        for pending in operations {
            guard case .getOne(let filter) = pending.operation, let key = DynamoKey(filter, batch.layout.definition) else { break }
            points.append((filter, key))
        }
        if points.count > 1 { return read(points, operations, batch) }
        // Anything else goes alone: the others come again.
        return [Result { () throws(SluiceError) in try read(operations[0], batch) }]
    }

    private func read(_ pending: PendingOperation, _ batch: Batch) throws(SluiceError) -> OperationResult {
        try pending.deadline.check()
        switch pending.operation {
        case .getOne(let filter):
            guard let record = try firstRecord(filter, batch, deadline: pending.deadline) else { throw Self.notFound }
            return .record(record)
        case .getAll(let query): return .page(try page(query, batch, deadline: pending.deadline))
        case .count(let filter): return .count(try count(filter, batch, deadline: pending.deadline))
        case .explain(let query): return .explanation(try explanation(query, batch, deadline: pending.deadline))
        default: preconditionFailure("a batch of reads holds reads only")
        }
    }

    /// A record that matches.
    func firstRecord(_ filter: Filter, _ batch: Batch, deadline: MonotonicTime) throws(SluiceError) -> Document? {
        try batch.layout.rules.check(filter)
        var found: Document?
        try forEachPage(filter, batch, limit: 1, deadline: deadline) { records throws(SluiceError) in
            found = records.first { batch.matches($0, filter) }
            return found == nil
        }
        return found
    }

    /// Calls `body` with the records that may match, some at a time, until it answers false. What it gets must be matched again.
    /// - Parameter limit: how many are wanted, for a question that DynamoDB answers exactly; nil: all.
    func forEachPage(
        _ filter: Filter, _ batch: Batch, limit: Int? = nil, deadline: MonotonicTime, _ body: ([Document]) throws(SluiceError) -> Bool
    ) throws(SluiceError) {
        let plan = AccessPlan(filter, batch.layout.definition)
        switch plan {
        case .nothing: return
        case .items(let keys): try forEachPage(of: keys, batch, deadline: deadline, body)
        case .query, .index, .scan:
            let question = ItemQuestion(plan, filter, batch.layout, now: batch.now)
            try forEachPage(question, ItemQuestion.Page(limit: question.isUnfiltered ? limit : nil), batch, deadline: deadline, body)
        }
    }

    /// The same by keys.
    func forEachPage(
        of keys: [DynamoKey], _ batch: Batch, deadline: MonotonicTime, _ body: ([Document]) throws(SluiceError) -> Bool
    ) throws(SluiceError) {
        for start in stride(from: 0, to: keys.count, by: Self.maxBatchKeys) {
            let some = Array(keys[start..<min(start + Self.maxBatchKeys, keys.count)])
            let found = try items(some, batch, deadline: deadline)
            guard try body(some.compactMap { found[$0] }) else { return }
        }
    }

    /// The same by a Query or a Scan. A page may be empty and not be the last.
    func forEachPage(
        _ question: ItemQuestion, _ first: ItemQuestion.Page, _ batch: Batch, deadline: MonotonicTime,
        _ body: ([Document]) throws(SluiceError) -> Bool
    ) throws(SluiceError) {
        var page = first
        repeat {
            let answer = try ask(question.request(page), batch, deadline: deadline)
            guard try body(answer.records) else { return }
            page.start = answer.lastKey
        } while page.start != nil
    }

    private func count(_ filter: Filter, _ batch: Batch, deadline: MonotonicTime) throws(SluiceError) -> Int {
        try batch.layout.rules.check(filter)
        var count = 0
        let plan = AccessPlan(filter, batch.layout.definition)
        switch plan {
        case .query, .index, .scan:
            let question = ItemQuestion(plan, filter, batch.layout, now: batch.now)
            guard question.isExact else { break }
            var page = ItemQuestion.Page(isCount: true)
            repeat {
                let answer = try ask(question.request(page), batch, deadline: deadline)
                count += answer.count
                page.start = answer.lastKey
            } while page.start != nil
            return count
        case .nothing, .items: break
        }
        var work = FinishedWork(limits)
        try forEachPage(filter, batch, deadline: deadline) { records throws(SluiceError) in
            for record in records {
                try work.take(bytes: record.bytes.count)
                if batch.matches(record, filter) { count += 1 }
            }
            return true
        }
        return count
    }

    // MARK: items by their keys

    /// Keys that one BatchGetItem takes, at most
    /// (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html).
    static let maxBatchKeys = 100

    private func read(
        _ points: [(filter: Filter, key: DynamoKey)], _ operations: [PendingOperation], _ batch: Batch
    ) -> [Result<OperationResult, SluiceError>] {
        let latest = operations[..<points.count].map(\.deadline).max()!
        let now = MonotonicTime.now
        guard latest > now else {
            return points.indices.map { i in Result { () throws(SluiceError) in try read(operations[i], batch) } }
        }
        var keys: [DynamoKey] = []
        var seen: Set<DynamoKey> = []
        for point in points where seen.insert(point.key).inserted { keys.append(point.key) }
        let found = itemsApart(keys, batch, deadline: latest)
        var bytes = 0
        var results: [Result<OperationResult, SluiceError>] = []
        for (point, pending) in zip(points, operations) {
            // More bytes than one batch may have come again.
            if bytes > limits.maxBatchBytes { break }
            results.append(
                Result { () throws(SluiceError) in
                    try pending.deadline.check(at: now)
                    try batch.layout.rules.check(point.filter)
                    guard let record = try found[point.key]?.get(), batch.matches(record, point.filter) else { throw Self.notFound }
                    bytes += record.bytes.count
                    return .record(record)
                })
        }
        return results
    }

    /// The items with these keys, each for itself: one that callers cannot be given fails alone.
    private func itemsApart(
        _ keys: [DynamoKey], _ batch: Batch, deadline: MonotonicTime
    ) -> [DynamoKey: Result<Document, SluiceError>] {
        let gathered = gather(keys, batch, deadline: deadline)
        var results = gathered.found.mapValues { Result<Document, SluiceError>.success($0) }
        for (key, failure) in gathered.failures { results[key] = .failure(failure) }
        // Whatever is not about one item would go wrong again.
        let doubtful = keys.filter { gathered.failures[$0]?.code == .backendError }
        guard keys.count > 1, let requests = try? doubtful.map({ try getRequest($0, batch) }) else { return results }
        for (key, result) in zip(doubtful, send(requests, deadline: deadline)) {
            do throws(SluiceError) { results[key] = try answer(to: result, batch).records.first.map { .success($0) } } catch {
                results[key] = .failure(error)
            }
        }
        return results
    }

    /// The items with these keys, each of which is named once; consistent.
    func items(_ keys: [DynamoKey], _ batch: Batch, deadline: MonotonicTime) throws(SluiceError) -> [DynamoKey: Document] {
        let gathered = gather(keys, batch, deadline: deadline)
        if let failure = gathered.failures.values.first { throw failure }
        return gathered.found
    }

    /// What came of items that were asked for by their keys; in neither are those that are not there.
    private struct GatheredItems {
        var found: [DynamoKey: Document] = [:]
        /// Of keys whose items may be there.
        var failures: [DynamoKey: SluiceError] = [:]

        mutating func fail(_ keys: ArraySlice<DynamoKey>, _ error: SluiceError) {
            for key in keys where found[key] == nil { failures[key] = error }
        }
    }

    /// Keys that one question is about, and what it has still to ask for: `requestItems`.
    private struct BatchQuestion {
        let keys: ArraySlice<DynamoKey>
        var items: [UInt8]
    }

    /// One question for each hundred keys; what fails or is left out of one takes nothing from the others.
    private func gather(_ keys: [DynamoKey], _ batch: Batch, deadline: MonotonicTime) -> GatheredItems {
        var gathered = GatheredItems()
        var waiting: [BatchQuestion] = []
        do throws(SluiceError) {
            if keys.count == 1 {
                gathered.found[keys[0]] = try ask(try getRequest(keys[0], batch), batch, deadline: deadline).records.first
                return gathered
            }
            for start in stride(from: 0, to: keys.count, by: Self.maxBatchKeys) {
                let some = keys[start..<min(start + Self.maxBatchKeys, keys.count)]
                waiting.append(BatchQuestion(keys: some, items: try requestItems(some, batch)))
            }
        } catch {
            gathered.fail(keys[...], error)
            return gathered
        }
        var idleRounds = 0
        while true {
            let count = gathered.found.count
            waiting = ask(waiting, batch, deadline: deadline, into: &gathered)
            guard !waiting.isEmpty else { return gathered }
            idleRounds = gathered.found.count > count ? 1 : idleRounds + 1
            do throws(SluiceError) { try pause(before: idleRounds, deadline: deadline) } catch {
                for question in waiting { gathered.fail(question.keys, error) }
                return gathered
            }
        }
    }

    /// - Returns: the questions of which DynamoDB has left something out, to be asked again.
    private func ask(
        _ questions: [BatchQuestion], _ batch: Batch, deadline: MonotonicTime, into gathered: inout GatheredItems
    ) -> [BatchQuestion] {
        let requests = questions.map { question in
            DynamoRequest(
                target: "BatchGetItem",
                body: Array("{\"RequestItems\":".utf8) + question.items + Array(",\"ReturnConsumedCapacity\":\"TOTAL\"}".utf8))
        }
        var rest: [BatchQuestion] = []
        for (question, result) in zip(questions, send(requests, deadline: deadline)) {
            do throws(SluiceError) {
                let answer = try answer(to: result, batch)
                for record in answer.records { gathered.found[try batch.layout.key(of: record)] = record }
                if let unprocessed = answer.unprocessed { rest.append(BatchQuestion(keys: question.keys, items: unprocessed)) }
            } catch {
                gathered.fail(question.keys, error)
            }
        }
        return rest
    }

    /// Waits before what DynamoDB left out of a batch is asked for again, as for other throttling.
    private func pause(before round: Int, deadline: MonotonicTime) throws(SluiceError) {
        let pause = policy.pauseMilliseconds(after: round, isThrottled: true, wish: nil, random: .random(in: 0..<1))
        guard round < policy.maxAttempts, MonotonicTime.now.advanced(milliseconds: pause) < deadline else {
            throw SluiceError(.overloaded, "DynamoDB leaves keys of a batch unread: the table is throttled; try again later")
        }
        // The thread is this connection's own, and has nothing else to do.
        usleep(UInt32(pause) * 1_000)
    }

    func getRequest(_ key: DynamoKey, _ batch: Batch) throws(SluiceError) -> DynamoRequest {
        var writer = AttributeWriter([UInt8(ascii: "{")])
        JSONText.member("TableName", text: batch.layout.tableName, to: &writer.text)
        JSONWriter.ascii(",\"Key\":", to: &writer.text)
        try batch.layout.append(key, to: &writer)
        JSONWriter.ascii(",\"ConsistentRead\":true,\"ReturnConsumedCapacity\":\"TOTAL\"}", to: &writer.text)
        return DynamoRequest(target: "GetItem", body: writer.text)
    }

    /// `{"table": {"Keys": […], "ConsistentRead": true}}`.
    private func requestItems(_ keys: ArraySlice<DynamoKey>, _ batch: Batch) throws(SluiceError) -> [UInt8] {
        var writer = AttributeWriter([UInt8(ascii: "{")])
        JSONText.string(batch.layout.tableName, to: &writer.text)
        JSONWriter.ascii(":{\"Keys\":[", to: &writer.text)
        for (number, key) in keys.enumerated() {
            if number > 0 { writer.text.append(UInt8(ascii: ",")) }
            try batch.layout.append(key, to: &writer)
        }
        JSONWriter.ascii("],\"ConsistentRead\":true}}", to: &writer.text)
        return writer.text
    }
}
