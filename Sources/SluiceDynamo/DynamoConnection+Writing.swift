import SluiceBackend
import SluiceProtocol

extension DynamoConnection {
    /// Answers writes: creates together, changes that name their item together, whatever else is first alone.
    func write(_ operations: [PendingOperation], _ batch: Batch) -> [Result<OperationResult, SluiceError>] {
        let creates = operations.prefix { $0.operation.isCreate }
        if !creates.isEmpty { return create(creates, batch) }
        var keyed: [KeyedWrite] = []
        for pending in operations {
            guard var write = try? keyedWrite(pending, batch) else { break }
            write.request.deadline = pending.deadline
            keyed.append(write)
        }
        guard keyed.isEmpty else { return execute(keyed, operations, batch) }
        return [Result { () throws(SluiceError) in try write(operations[0], batch) }]
    }

    private func write(_ pending: PendingOperation, _ batch: Batch) throws(SluiceError) -> OperationResult {
        try pending.deadline.check()
        switch pending.operation {
        case .update(let object, let filter): return .record(try update(object, filter, batch, deadline: pending.deadline))
        case .deleteOne(let filter):
            try deleteOne(filter, batch, deadline: pending.deadline)
            return .done
        case .deleteAll(let filter): return .count(try deleteAll(filter, batch, deadline: pending.deadline))
        case .upsert(let object, let isGenerated): return .record(try upsert(object, isGenerated: isGenerated, pending, batch))
        case .replace(let object): return .record(try replace(object, batch, deadline: pending.deadline))
        default: preconditionFailure("a batch of writes holds writes only")
        }
    }

    // MARK: changes that name their item

    /// A change of the one item that its filter can mean, all of whose conditions DynamoDB is asked: one request, without a look before.
    private struct KeyedWrite {
        var request: DynamoRequest
        let isDelete: Bool
    }

    /// Changes of this part of the largest item are held against the stored record first: what is small cannot take an item far over the
    /// bound, and DynamoDB holds it too.
    private static let largePart = 64

    /// - Returns: nil when a look at the record is needed.
    private func keyedWrite(_ pending: PendingOperation, _ batch: Batch) throws(SluiceError) -> KeyedWrite? {
        try pending.deadline.check()
        switch pending.operation {
        case .deleteOne(let filter):
            try batch.layout.rules.check(filter)
            guard let key = DynamoKey(filter, batch.layout.definition) else { return nil }
            let condition = ItemCondition(filter, key: key, batch.layout, now: batch.now)
            guard condition.isWhole else { return nil }
            return KeyedWrite(request: try deleteRequest(key, condition, batch), isDelete: true)
        case .update(let object, let filter):
            try batch.layout.rules.check(filter)
            guard let key = DynamoKey(filter, batch.layout.definition) else { return nil }
            let changes = try batch.layout.rules.changes(in: object)
            guard changes.fields.count > 0, changes.fields.bytes.count <= DynamoLayout.maxItemBytes.value / Self.largePart,
                isAbout(key, changes.fixed, batch)
            else { return nil }
            let condition = ItemCondition(filter, key: key, batch.layout, now: batch.now)
            guard condition.isWhole else { return nil }
            return KeyedWrite(request: try updateRequest(key, changes, condition, batch), isDelete: false)
        default: return nil
        }
    }

    /// Whether what an update says of `id` and the key is the key it is for.
    private func isAbout(_ key: DynamoKey, _ fixed: [(name: String, value: Scalar)], _ batch: Batch) -> Bool {
        fixed.allSatisfy { field in
            zip(batch.layout.definition.keyFields, key.values).contains { $0.name == field.name && $1.hasValue(of: field.value) }
        }
    }

    private func execute(
        _ keyed: [KeyedWrite], _ operations: [PendingOperation], _ batch: Batch
    ) -> [Result<OperationResult, SluiceError>] {
        let results = send(keyed.map(\.request), deadline: .distantFuture)
        return results.enumerated().map { number, result in
            Result { () throws(SluiceError) in
                switch result {
                case .success(let reply):
                    let answer = try written(reply, batch)
                    if keyed[number].isDelete { return .done }
                    guard let record = answer.records.first else { throw Self.withoutRecord }
                    return .record(record)
                case .failure(let failure) where failure.isConditionFailed && !failure.mayHaveHappened:
                    // It may be that nothing matches, or that a rule is broken: a look at the record tells.
                    return try write(operations[number], batch)
                case .failure(let failure): throw failure.error(isWrite: true)
                }
            }
        }
    }

    /// The answer to a write that was carried out: whatever it says, it happened.
    private func written(_ reply: DynamoReply, _ batch: Batch) throws(SluiceError) -> DynamoAnswer {
        do throws(SluiceError) { return try answer(reply.body, batch, isWrite: true) } catch {
            var unknown = error
            unknown.isOutcomeKnown = false
            throw unknown
        }
    }

    private static var withoutRecord: SluiceError {
        SluiceError(.backendError, "DynamoDB's answer to an update lacks the record", isOutcomeKnown: false)
    }

    // MARK: updating

    /// Sets fields in one record that matches.
    private func update(
        _ object: Document, _ filter: Filter, _ batch: Batch, deadline: MonotonicTime
    ) throws(SluiceError) -> Document {
        try batch.layout.rules.check(filter)
        let changes = try batch.layout.rules.changes(in: object)
        try batch.layout.checkIndexed(changes.fields)
        let answer = try changeOne(filter, batch, deadline: deadline) { stored throws(SluiceError) in
            let changed = try batch.layout.rules.record(stored, applying: changes)
            guard changes.fields.count > 0 else { return nil }
            _ = try batch.layout.item(changed)
            let condition = ItemCondition(filter, read: stored, batch.layout, now: batch.now)
            return try updateRequest(try batch.layout.key(of: stored), changes, condition, batch)
        }
        return answer
    }

    /// Changes one record that matches, each candidate only while it does; one that stopped matching is passed over for another.
    /// - Parameter request: the request that changes a record; nil when there is nothing to change.
    /// - Returns: the record as the request left it.
    private func changeOne(
        _ filter: Filter, _ batch: Batch, deadline: MonotonicTime, request: (Document) throws(SluiceError) -> DynamoRequest?
    ) throws(SluiceError) -> Document {
        var changed: Document?
        try forEachPage(filter, batch, deadline: deadline) { records throws(SluiceError) in
            for record in records where changed == nil && batch.matches(record, filter) {
                changed = try change(record, filter, batch, deadline: deadline, request: request)
            }
            return changed == nil
        }
        guard let changed else { throw Self.notFound }
        return changed
    }

    /// Changes a record while it matches.
    /// - Returns: the record as the request left it; nil when it does not match any more.
    func change(
        _ record: Document, _ filter: Filter, _ batch: Batch, deadline: MonotonicTime,
        request: (Document) throws(SluiceError) -> DynamoRequest?
    ) throws(SluiceError) -> Document? {
        var current = record
        for _ in 0..<Self.attempts {
            guard let request = try request(current) else { return current }
            switch send([request], deadline: deadline)[0] {
            case .success(let reply):
                let answer = try written(reply, batch)
                return answer.records.first ?? current
            case .failure(let failure):
                guard failure.isConditionFailed, !failure.mayHaveHappened else { throw failure.error(isWrite: true) }
            }
            let key = try batch.layout.key(of: record)
            guard let again = try items([key], batch, deadline: deadline)[key], batch.matches(again, filter) else { return nil }
            current = again
        }
        throw Self.isRestless
    }

    /// The longest expression that DynamoDB takes, bytes
    /// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html#limits-expression-parameters).
    private static let maxExpressionBytes = 4_096

    func updateRequest(
        _ key: DynamoKey, _ changes: RecordRules.Changes, _ condition: ItemCondition, _ batch: Batch
    ) throws(SluiceError) -> DynamoRequest {
        try batch.layout.checkIndexed(changes.fields)
        var values = condition.values
        var expression = "SET "
        try batch.layout.forEachAttribute(of: changes.fields) { name, value throws(SluiceError) in
            var writer = AttributeWriter()
            try value(&writer)
            if expression.utf8.count > 4 { expression += "," }
            expression += "\(values.alias(storedName: name))=\(values.alias(attribute: writer.text))"
        }
        guard expression.utf8.count <= Self.maxExpressionBytes else {
            throw .tooLarge(
                "an update of \(changes.fields.count) fields: DynamoDB takes an expression of at most \(Self.maxExpressionBytes) bytes; "
                    + "use replace, or several updates", limit: "maxExpressionBytes", value: Self.maxExpressionBytes)
        }
        var writer = AttributeWriter([UInt8(ascii: "{")])
        try begin(&writer, key, batch)
        JSONText.member("UpdateExpression", text: expression, to: &writer.text)
        JSONText.member("ConditionExpression", text: condition.text, to: &writer.text)
        values.append(to: &writer.text)
        JSONText.member("ReturnValues", literal: "\"ALL_NEW\"", to: &writer.text)
        writer.text.append(UInt8(ascii: "}"))
        // Sent twice it could undo what others did in between.
        return DynamoRequest(target: "UpdateItem", body: writer.text, isRepeatable: false)
    }

    private func begin(_ writer: inout AttributeWriter, _ key: DynamoKey, _ batch: Batch) throws(SluiceError) {
        JSONText.member("TableName", text: batch.layout.tableName, to: &writer.text)
        JSONWriter.ascii(",\"Key\":", to: &writer.text)
        try batch.layout.append(key, to: &writer)
        JSONText.member("ReturnConsumedCapacity", literal: "\"TOTAL\"", to: &writer.text)
    }

    // MARK: deleting

    private func deleteRequest(_ key: DynamoKey, _ condition: ItemCondition, _ batch: Batch) throws(SluiceError) -> DynamoRequest {
        var writer = AttributeWriter([UInt8(ascii: "{")])
        try begin(&writer, key, batch)
        JSONText.member("ConditionExpression", text: condition.text, to: &writer.text)
        condition.values.append(to: &writer.text)
        writer.text.append(UInt8(ascii: "}"))
        return DynamoRequest(target: "DeleteItem", body: writer.text, isRepeatable: false)
    }

    private func deleteRequest(_ stored: Document, _ filter: Filter, _ batch: Batch) throws(SluiceError) -> DynamoRequest {
        let condition = ItemCondition(filter, read: stored, batch.layout, now: batch.now)
        return try deleteRequest(try batch.layout.key(of: stored), condition, batch)
    }

    private func deleteOne(_ filter: Filter, _ batch: Batch, deadline: MonotonicTime) throws(SluiceError) {
        try batch.layout.rules.check(filter)
        _ = try changeOne(filter, batch, deadline: deadline) { stored throws(SluiceError) in try deleteRequest(stored, filter, batch) }
    }

    /// Deletes what matches, a page at a time, each record only while it matches.
    private func deleteAll(_ filter: Filter, _ batch: Batch, deadline: MonotonicTime) throws(SluiceError) -> Int {
        try batch.layout.rules.check(filter)
        var deleted = 0
        do throws(SluiceError) {
            try forEachPage(filter, batch, deadline: deadline) { records throws(SluiceError) in
                let matching = records.filter { batch.matches($0, filter) }
                let requests = try matching.map { record throws(SluiceError) in try deleteRequest(record, filter, batch) }
                let results = send(requests, deadline: deadline)
                var firstError: SluiceError?
                for (number, result) in results.enumerated() {
                    do throws(SluiceError) {
                        if try isDeleted(matching[number], result, filter, batch, deadline: deadline) { deleted += 1 }
                    } catch {
                        firstError = firstError ?? error
                        // One that may have gone makes the whole unknown, whichever failed first.
                        if !error.isOutcomeKnown { firstError?.isOutcomeKnown = false }
                    }
                }
                if let firstError { throw firstError }
                return true
            }
        } catch {
            var told = error
            told.details["deleted"] = .integer(Int64(deleted))
            if deleted > 0 { told.isOutcomeKnown = false }
            throw told
        }
        return deleted
    }

    /// Whether a record of a `deleteAll` has gone by its request, or by another after it had changed.
    private func isDeleted(
        _ record: Document, _ result: Result<DynamoReply, DynamoFailure>, _ filter: Filter, _ batch: Batch, deadline: MonotonicTime
    ) throws(SluiceError) -> Bool {
        switch result {
        case .success(let reply):
            _ = try written(reply, batch)
            return true
        case .failure(let failure):
            guard failure.isConditionFailed, !failure.mayHaveHappened else { throw failure.error(isWrite: true) }
            let key = try batch.layout.key(of: record)
            guard let again = try items([key], batch, deadline: deadline)[key], batch.matches(again, filter) else { return false }
            return try change(again, filter, batch, deadline: deadline) { stored throws(SluiceError) in
                try deleteRequest(stored, filter, batch)
            } != nil
        }
    }
}
