import SluiceBackend
import SluiceProtocol

extension DynamoConnection {
    func upsert(
        _ object: Document, isGenerated: Bool, _ pending: PendingOperation, _ batch: Batch
    ) throws(SluiceError) -> Document {
        let layout = batch.layout
        let changes = try layout.rules.changes(in: object, isGenerated: isGenerated && !layout.definition.isKeyedById)
        let address = try layout.rules.address(of: object, isGenerated: isGenerated)
        // Others may create or delete the record between the look and the write.
        for _ in 0..<Self.attempts {
            if let found = try record(at: address, batch, deadline: pending.deadline) {
                if let record = try apply(changes, to: found, batch, deadline: pending.deadline) { return record }
            } else {
                let creating = PendingOperation(.create(object, isGenerated: isGenerated), deadline: pending.deadline)
                do throws(SluiceError) {
                    guard case .record(let record) = try create([creating][...], batch)[0].get() else { break }
                    return record
                } catch {
                    guard error.code == .alreadyExists else { throw error }
                    // It may be the record itself, or another that is in the way.
                    guard try record(at: address, batch, deadline: pending.deadline) != nil else { throw error }
                }
            }
        }
        throw Self.isRestless
    }

    /// - Returns: the record as changed; nil when it is gone.
    private func apply(
        _ changes: RecordRules.Changes, to found: Document, _ batch: Batch, deadline: MonotonicTime
    ) throws(SluiceError) -> Document? {
        let filter = Self.filter(for: found)
        return try change(found, filter, batch, deadline: deadline) { stored throws(SluiceError) in
            let changed = try batch.layout.rules.record(stored, applying: changes)
            guard changes.fields.count > 0 else { return nil }
            _ = try batch.layout.item(changed)
            let condition = ItemCondition(filter, read: stored, batch.layout, now: batch.now)
            return try updateRequest(try batch.layout.key(of: stored), changes, condition, batch)
        }
    }

    func replace(_ object: Document, _ batch: Batch, deadline: MonotonicTime) throws(SluiceError) -> Document {
        let address = try batch.layout.rules.address(of: object)
        guard !address.isEmpty else {
            throw .invalidInput("the object has neither 'id' nor the full key: it says not which record to replace")
        }
        guard let found = try record(at: address, batch, deadline: deadline) else { throw Self.notFound }
        var replacement: Document?
        let filter = Self.filter(for: found)
        let stored = try change(found, filter, batch, deadline: deadline) { stored throws(SluiceError) in
            let record = try batch.layout.rules.record(stored, replacedBy: object).withIntegralFloatsAsIntegers
            replacement = record
            var condition = ItemCondition(filter, read: stored, batch.layout, now: batch.now)
            // The time of creation is kept, so it must still be the one that was read.
            if let timeToLive = batch.layout.definition.timeToLive { condition.addAsRead(timeToLive.attribute, stored, batch.layout) }
            return try putRequest(record, condition.text, condition.values, batch, isRepeatable: false)
        }
        guard stored != nil, let replacement else { throw Self.notFound }
        return replacement
    }

    /// The record and no other.
    private static func filter(for record: Document) -> Filter {
        guard case .scalar(let id) = record[name: "id"] else { return Filter() }
        return Filter([Condition(.id, .equal(id))])
    }

    /// The record with an address.
    /// - Throws: `alreadyExists` when `id` and key belong to different ones.
    private func record(
        at address: RecordRules.Address, _ batch: Batch, deadline: MonotonicTime
    ) throws(SluiceError) -> Document? {
        guard let values = address.key else { return try record(withId: address.id, batch, deadline: deadline) }
        let key = DynamoKey(values)
        if let flaw = key.flaw { throw flaw }
        let byKey = try items([key], batch, deadline: deadline)[key].flatMap { batch.layout.rules.isLive($0, at: batch.now) ? $0 : nil }
        // Beside another key an id is found by a Scan alone, which the record at the key mostly spares.
        if let byKey, let id = address.id, case .scalar(.string(let stored)) = byKey[name: "id"], stored.elementsEqual(id) { return byKey }
        let byId = try record(withId: address.id, batch, deadline: deadline)
        if let byId, let byKey, byId[name: "id"] != byKey[name: "id"] {
            throw SluiceError(
                .alreadyExists, "the 'id' and the key in the object belong to different records", details: ["reason": "collision"])
        }
        return byId ?? byKey
    }

    private func record(
        withId id: ArraySlice<UInt8>?, _ batch: Batch, deadline: MonotonicTime
    ) throws(SluiceError) -> Document? {
        guard let id else { return nil }
        return try firstRecord(Filter([Condition(.id, .equal(.string(id)))]), batch, deadline: deadline)
    }
}
