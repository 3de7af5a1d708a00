import SluiceBackend
import SluiceProtocol

extension MongoConnection {
    /// Answers writes: creates in one bulk, whatever else is first alone.
    func write(_ operations: [PendingOperation], _ batch: Batch) -> [Result<OperationResult, SluiceError>] {
        let creates = operations.prefix { $0.operation.isCreate }
        guard creates.isEmpty else { return create(creates, batch) }
        return [Result { () throws(SluiceError) in try write(operations[0], batch) }]
    }

    private func write(_ pending: PendingOperation, _ batch: Batch) throws(SluiceError) -> OperationResult {
        let time = try pending.deadline.maxTimeMilliseconds()
        switch pending.operation {
        case .update(let object, let filter): return .record(try update(object, filter, batch, maxTime: time))
        case .deleteOne(let filter): return try deleteOne(filter, batch, maxTime: time)
        case .deleteAll(let filter): return .count(try deleteAll(filter, batch, deadline: pending.deadline))
        case .upsert(let object, let isGenerated):
            return .record(try upsert(object, isGenerated: isGenerated, batch, deadline: pending.deadline))
        case .replace(let object): return .record(try replace(object, batch, maxTime: time))
        default: preconditionFailure("a batch of writes holds writes only")
        }
    }

    // MARK: updating

    /// Sets fields in one record that matches, in one round trip.
    private func update(_ object: Document, _ filter: Filter, _ batch: Batch, maxTime: UInt32) throws(SluiceError) -> Document {
        try batch.layout.rules.check(filter)
        let changes = try batch.layout.rules.changes(in: object)
        if changes.fields.bytes.count > limits.maxRecordBytes / Self.largePart,
            let stored = try firstRecord(filter, batch, maxTime: maxTime)
        {
            // MongoDB's own limit is another; what is small cannot take a record far over ours.
            _ = try batch.layout.rules.record(stored, applying: changes)
        }
        let fixed = try changes.fixed.map { field throws(SluiceError) in Condition(try FieldPath(field.name), .equal(field.value)) }
        if let record = try apply(changes, to: Filter(filter.conditions + fixed), batch, maxTime: maxTime) { return record }
        // A record that matches but for its id or key is not passed over in silence.
        if !fixed.isEmpty, let other = try firstRecord(filter, batch, maxTime: maxTime) {
            _ = try batch.layout.rules.record(other, applying: changes)
        }
        throw Self.notFound
    }

    /// Changes of this part of the longest record are held against the stored record first.
    private static let largePart = 64

    /// - Returns: the record as stored; nil when none matches.
    func apply(
        _ changes: RecordRules.Changes, to filter: Filter, _ batch: Batch, maxTime: UInt32
    ) throws(SluiceError) -> Document? {
        for path in batch.layout.rules.comparedFields {
            guard case .container = changes.fields[path] else { continue }
            throw .invalidInput("'\(path)' belongs to the key or a unique index: it must not be a map or a list")
        }
        if changes.fields.count == 0 { return try firstRecord(filter, batch, maxTime: maxTime) }
        let update = try BSONWriter.document { writer throws(SluiceError) in
            try writer.document("$set") { writer throws(SluiceError) in try batch.layout.appendChanges(changes.fields, to: &writer) }
        }
        return try makingWay(batch, maxTime: maxTime) { () throws(SluiceError) in
            guard let stored = try firstRecord(filter, batch, maxTime: maxTime) else { return nil }
            return stored.merging(changes.fields)
        } for: { () throws(MongoReadFailure) in
            try modify(filter, .update(update), batch, maxTime: maxTime)
        }
    }

    /// Changes or deletes one record that matches.
    private func modify(
        _ filter: Filter, _ modification: MongoCollection.Modification, _ batch: Batch, maxTime: UInt32
    ) throws(MongoReadFailure) -> Document? {
        guard let query = batch.filters.query(filter, now: batch.now) else { return nil }
        return try batch.collection.findAndModify(query, modification, maxTimeMilliseconds: maxTime) { stored throws(SluiceError) in
            try batch.layout.record(stored)
        }
    }

    // MARK: deleting

    private func deleteOne(_ filter: Filter, _ batch: Batch, maxTime: UInt32) throws(SluiceError) -> OperationResult {
        try batch.layout.rules.check(filter)
        guard let query = batch.filters.query(filter, now: batch.now) else { throw Self.notFound }
        let count: Int
        do throws(MongoFailure) { count = try batch.collection.delete(query, all: false, maxTimeMilliseconds: maxTime) } catch {
            throw error.error(isWrite: true)
        }
        guard count > 0 else { throw Self.notFound }
        return .done
    }

    /// Records that one round trip deletes, at most: what went is known to so many.
    private static let deletedAtOnce = 1_000

    /// Deletes what matches, some records at a time, each only while it matches.
    private func deleteAll(_ filter: Filter, _ batch: Batch, deadline: MonotonicTime) throws(SluiceError) -> Int {
        try batch.layout.rules.check(filter)
        guard let query = batch.filters.query(filter, now: batch.now) else { return 0 }
        var deleted = 0
        do throws(SluiceError) {
            while true {
                let maxTime = try deadline.maxTimeMilliseconds()
                let ids = try storedIds(query, batch, maxTime: maxTime)
                guard !ids.isEmpty else { return deleted }
                let some = BSONWriter.document { writer in
                    writer.document("_id") { writer in
                        writer.list("$in") { writer, index in for id in ids { writer.raw(index.next(), id.type, id.bytes) } }
                    }
                    writer.list("$and") { writer, index in writer.document(index.next(), raw: query) }
                }
                do throws(MongoFailure) {
                    deleted += try batch.collection.delete(some, all: true, maxTimeMilliseconds: maxTime)
                } catch { throw error.errorAmongSeveral() }
                if ids.count < Self.deletedAtOnce { return deleted }
            }
        } catch {
            var told = error
            told.details["deleted"] = .integer(Int64(deleted))
            if deleted > 0 { told.isOutcomeKnown = false }
            throw told
        }
    }

    private func storedIds(
        _ query: [UInt8], _ batch: Batch, maxTime: UInt32
    ) throws(SluiceError) -> [(type: BSONType, bytes: [UInt8])] {
        var ids: [(type: BSONType, bytes: [UInt8])] = []
        let options = BSONWriter.document { writer in
            writer.document("projection") { $0.int32("_id", 1) }
            writer.int64("limit", Int64(Self.deletedAtOnce))
            writer.int64("batchSize", Int64(Self.deletedAtOnce + 1))
            Self.append(maxTime: maxTime, to: &writer)
        }
        try find(query, options, batch) { stored throws(SluiceError) in
            if let id = try stored.element("_id") { ids.append((id.type, Array(id.value))) }
            return true
        }
        return ids
    }

    // MARK: records by address

    private func upsert(_ object: Document, isGenerated: Bool, _ batch: Batch, deadline: MonotonicTime) throws(SluiceError) -> Document {
        let rules = batch.layout.rules
        let changes = try rules.changes(in: object, isGenerated: isGenerated && !batch.layout.definition.isKeyedById)
        let address = try rules.address(of: object, isGenerated: isGenerated)
        // Others may create or delete the record between the look and the write.
        for _ in 0..<Self.attempts {
            let maxTime = try deadline.maxTimeMilliseconds()
            if let found = try record(at: address, batch, maxTime: maxTime) {
                _ = try rules.record(found, applying: changes)
                if let record = try apply(changes, to: Self.filter(for: found), batch, maxTime: maxTime) { return record }
            } else {
                let creating = PendingOperation(.create(object, isGenerated: isGenerated), deadline: deadline)
                do throws(SluiceError) {
                    guard case .record(let record) = try create([creating][...], batch)[0].get() else { break }
                    return record
                } catch {
                    guard error.code == .alreadyExists else { throw error }
                    // It may be the record itself, or another that is in the way.
                    guard try record(at: address, batch, maxTime: maxTime) != nil else { throw error }
                }
            }
        }
        throw Self.isRestless
    }

    private func replace(_ object: Document, _ batch: Batch, maxTime: UInt32) throws(SluiceError) -> Document {
        let address = try batch.layout.rules.address(of: object)
        guard !address.isEmpty else {
            throw .invalidInput("the object has neither 'id' nor the full key: it says not which record to replace")
        }
        guard let found = try record(at: address, batch, maxTime: maxTime) else { throw Self.notFound }
        let record = try batch.layout.rules.record(found, replacedBy: object)
        let replacement = MongoCollection.Modification.update(try batch.layout.replacement(record))
        let stored = try makingWay(batch, maxTime: maxTime) {
            record
        } for: { () throws(MongoReadFailure) in
            try modify(Self.filter(for: found), replacement, batch, maxTime: maxTime)
        }
        guard let stored else { throw Self.notFound }
        return stored
    }

    /// How often a write by address looks again when the record came or went meanwhile.
    private static let attempts = 8

    private static var isRestless: SluiceError {
        SluiceError(.overloaded, "the record is created and deleted all the time; try again")
    }

    private static func filter(for record: Document) -> Filter {
        guard case .scalar(let id) = record[name: "id"] else { return Filter([Condition(.id, .isIn([]))]) }
        return Filter([Condition(.id, .equal(id))])
    }

    /// The record with an address.
    /// - Throws: `alreadyExists` when `id` and key belong to different ones.
    private func record(at address: RecordRules.Address, _ batch: Batch, maxTime: UInt32) throws(SluiceError) -> Document? {
        var byId: Document?
        if let id = address.id { byId = try firstRecord(Filter([Condition(.id, .equal(.string(id)))]), batch, maxTime: maxTime) }
        guard let key = address.key else { return byId }
        let conditions = try zip(batch.layout.definition.keyFields, key).map { field, value throws(SluiceError) in
            Condition(try FieldPath(field.name), .equal(value))
        }
        let byKey = try firstRecord(Filter(conditions), batch, maxTime: maxTime)
        if let byId, let byKey, byId[name: "id"] != byKey[name: "id"] {
            throw SluiceError(
                .alreadyExists, "the 'id' and the key in the object belong to different records", details: ["reason": "collision"])
        }
        return byId ?? byKey
    }
}
