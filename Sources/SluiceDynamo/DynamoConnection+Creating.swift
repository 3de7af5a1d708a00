import SluiceBackend
import SluiceProtocol

extension DynamoConnection {
    /// A record on its way in.
    private struct Creation {
        let record: Document
        let key: DynamoKey
        let request: DynamoRequest
        let isGenerated: Bool
    }

    /// Creates the records of all operations, each for itself: conditional puts that are under way together.
    func create(_ operations: ArraySlice<PendingOperation>, _ batch: Batch) -> [Result<OperationResult, SluiceError>] {
        let creates = CreateBatch(operations)
        let prepared = creates.entries.map { prepare($0, batch) }
        return creates.results(put(prepared, batch))
    }

    private func prepare(_ entry: CreateBatch.Entry, _ batch: Batch) -> Result<Creation, SluiceError> {
        Result { () throws(SluiceError) in
            try entry.deadline.check()
            let record = try batch.layout.rules.record(creating: entry.object, isGenerated: entry.isGenerated, now: batch.now) {
                ids.next(now: batch.now)
            }.withIntegralFloatsAsIntegers
            var request = try putRequest(record, batch)
            request.deadline = entry.deadline
            return Creation(record: record, key: try batch.layout.key(of: record), request: request, isGenerated: entry.isGenerated)
        }
    }

    /// A put that takes no record's place but that of an expired one.
    private func putRequest(_ record: Document, _ batch: Batch) throws(SluiceError) -> DynamoRequest {
        var values = ExpressionValues()
        var condition = "attribute_not_exists(\(values.alias(batch.layout.definition.hashKey.name)))"
        if let isExpired = batch.compiler.isExpired(at: batch.now, &values) { condition += " OR \(isExpired)" }
        return try putRequest(record, condition, values, batch, isRepeatable: true)
    }

    func putRequest(
        _ record: Document, _ condition: String, _ values: ExpressionValues, _ batch: Batch, isRepeatable: Bool
    ) throws(SluiceError) -> DynamoRequest {
        var text = [UInt8(ascii: "{")]
        JSONText.member("TableName", text: batch.layout.tableName, to: &text)
        JSONText.member("Item", try batch.layout.item(record), to: &text)
        JSONText.member("ConditionExpression", text: condition, to: &text)
        values.append(to: &text)
        JSONText.member("ReturnConsumedCapacity", literal: "\"TOTAL\"", to: &text)
        text.append(UInt8(ascii: "}"))
        return DynamoRequest(target: "PutItem", body: text, isRepeatable: isRepeatable)
    }

    private func put(_ prepared: [Result<Creation, SluiceError>], _ batch: Batch) -> [Result<Document, SluiceError>] {
        let positions = prepared.indices.filter { (try? prepared[$0].get()) != nil }
        let creations = positions.compactMap { try? prepared[$0].get() }
        var outcomes = prepared.map { $0.map(\.record) }
        let results = send(creations.map(\.request), deadline: .distantFuture)
        for (number, result) in results.enumerated() {
            outcomes[positions[number]] = settle(creations[number], result, batch)
        }
        return outcomes
    }

    private func settle(
        _ creation: Creation, _ result: Result<DynamoReply, DynamoFailure>, _ batch: Batch
    ) -> Result<Document, SluiceError> {
        let deadline = creation.request.deadline
        return Result { () throws(SluiceError) in
            var result = result
            // What stood in the way may go before it is looked at.
            for _ in 0..<Self.attempts {
                switch result {
                case .success(let reply):
                    _ = try answer(reply.body, batch, isWrite: true)
                    return creation.record
                case .failure(let failure):
                    guard failure.isConditionFailed else { throw failure.error(isWrite: true) }
                    if let record = try standing(in: creation, failure, batch, deadline: deadline) { return record }
                }
                result = send([creation.request], deadline: deadline)[0]
            }
            throw Self.isRestless
        }
    }

    /// What a create comes to whose key is taken: its own record from an earlier attempt, or `alreadyExists`; nil when it is not taken any
    /// more.
    private func standing(
        in creation: Creation, _ failure: DynamoFailure, _ batch: Batch, deadline: MonotonicTime
    ) throws(SluiceError) -> Document? {
        let there: Document?
        do throws(SluiceError) { there = try items([creation.key], batch, deadline: deadline)[creation.key] } catch {
            guard failure.mayHaveHappened else { throw error }
            var unknown = error
            unknown.isOutcomeKnown = false
            throw unknown
        }
        guard let there, batch.layout.rules.isLive(there, at: batch.now) else { return nil }
        // A create that was sent before finds its own record.
        if creation.isGenerated, there[name: "id"] == creation.record[name: "id"] { return there }
        if failure.mayHaveHappened, there.hasContent(of: creation.record) { return creation.record }
        let fields = batch.layout.definition.keyFields.map(\.name).joined(separator: ", ")
        // The first try of this create may have been carried out and its record changed since then.
        throw SluiceError(
            .alreadyExists, "another record has the same \(fields)", isOutcomeKnown: !failure.mayHaveHappened,
            details: ["reason": "collision", "fields": .string(fields)])
    }
}
