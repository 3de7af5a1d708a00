import SluiceBackend
import SluiceProtocol

extension MongoConnection {
    /// A record on its way in, and what came of it.
    private struct Creation {
        let record: Document
        let stored: [UInt8]
        let isGenerated: Bool
        let deadline: MonotonicTime
    }

    /// Creates the records of all operations in one round trip, each for itself.
    func create(_ operations: ArraySlice<PendingOperation>, _ batch: Batch) -> [Result<OperationResult, SluiceError>] {
        let creates = CreateBatch(operations)
        return creates.results(insert(creates.entries.map { prepare($0, batch) }, batch))
    }

    private func prepare(_ entry: CreateBatch.Entry, _ batch: Batch) -> Result<Creation, SluiceError> {
        Result { () throws(SluiceError) in
            _ = try entry.deadline.maxTimeMilliseconds()
            let record = try batch.layout.rules.record(creating: entry.object, isGenerated: entry.isGenerated, now: batch.now) {
                ids.next(now: batch.now)
            }
            let stored = try batch.layout.stored(record) { ids.next(now: batch.now) }
            // libmongoc would give up all that share the round trip.
            guard stored.count <= MongoFailure.maxDocumentBytes else { throw MongoFailure.tooLarge() }
            return Creation(record: record, stored: stored, isGenerated: entry.isGenerated, deadline: entry.deadline)
        }
    }

    private func insert(_ prepared: [Result<Creation, SluiceError>], _ batch: Batch) -> [Result<Document, SluiceError>] {
        let positions = prepared.indices.filter { (try? prepared[$0].get()) != nil }
        let creations = positions.compactMap { try? prepared[$0].get() }
        var outcomes = prepared.map { $0.map(\.record) }
        guard !creations.isEmpty else { return outcomes }
        do throws(SluiceError) {
            for (number, failure) in try insert(creations, batch) where creations.indices.contains(number) {
                outcomes[positions[number]] = settle(creations[number], failure, batch)
            }
        } catch {
            for position in positions { outcomes[position] = .failure(error) }
        }
        return outcomes
    }

    private func insert(_ creations: [Creation], _ batch: Batch) throws(SluiceError) -> [Int: MongoFailure] {
        let maxTime = try creations.map(\.deadline).max()!.maxTimeMilliseconds()
        do throws(MongoFailure) {
            return try batch.collection.insert(creations.map(\.stored), maxTimeMilliseconds: maxTime)
        } catch {
            throw creations.count == 1 ? error.error(isWrite: true) : error.errorAmongSeveral()
        }
    }

    /// What a create that was refused comes to: its own record from an earlier attempt, or an expired one in its way.
    private func settle(_ creation: Creation, _ failure: MongoFailure, _ batch: Batch) -> Result<Document, SluiceError> {
        guard failure.isDuplicateKey else { return .failure(failure.error(isWrite: true)) }
        return Result { () throws(SluiceError) in
            if let earlier = try earlierRecord(creation, batch) { return earlier }
            let maxTime = try creation.deadline.maxTimeMilliseconds()
            guard try deleteExpiredHolders(of: creation.record, batch, maxTime: maxTime) else { throw failure.error(isWrite: true) }
            do throws(MongoFailure) {
                if let again = try batch.collection.insert([creation.stored], maxTimeMilliseconds: maxTime)[0] { throw again }
            } catch {
                // A twin of this create may have been quicker.
                if error.isDuplicateKey, let earlier = try earlierRecord(creation, batch) { return earlier }
                throw error.error(isWrite: true)
            }
            return creation.record
        }
    }

    /// A create that was sent before finds its own record, whichever index noticed first.
    private func earlierRecord(_ creation: Creation, _ batch: Batch) throws(SluiceError) -> Document? {
        guard creation.isGenerated, case .scalar(let id) = creation.record[name: "id"] else { return nil }
        do throws(SluiceError) {
            let maxTime = try creation.deadline.maxTimeMilliseconds()
            return try firstRecord(Filter([Condition(.id, .equal(id))]), batch, maxTime: maxTime)
        } catch {
            // Whether an earlier attempt has succeeded was to be seen now.
            var error = error
            error.isOutcomeKnown = false
            throw error
        }
    }

    // MARK: expired records in the way

    /// Stores, and once more when only expired records stood in the way.
    /// - Parameter record: what is to be stored, whole; nil when it cannot be any more.
    func makingWay(
        _ batch: Batch, maxTime: UInt32, _ record: () throws(SluiceError) -> Document?, for store: () throws(MongoReadFailure) -> Document?
    ) throws(SluiceError) -> Document? {
        do throws(MongoReadFailure) { return try store() } catch {
            guard case .mongo(let failure) = error, failure.isDuplicateKey, let wanted = try record(),
                try deleteExpiredHolders(of: wanted, batch, maxTime: maxTime)
            else { throw error.error(isWrite: true) }
        }
        do throws(MongoReadFailure) { return try store() } catch { throw error.error(isWrite: true) }
    }

    /// Deletes expired records that hold what a record needs for itself.
    /// - Returns: whether there may have been any, so that another attempt is worth while: MongoDB's own deletion of what has expired may
    ///   have been quicker.
    private func deleteExpiredHolders(of record: Document, _ batch: Batch, maxTime: UInt32) throws(SluiceError) -> Bool {
        guard batch.layout.definition.timeToLive != nil else { return false }
        for fields in batch.layout.uniqueness {
            let values = fields.map { record[$0].comparable ?? .null }
            guard !values.contains(.null) else { continue }
            let conditions = zip(fields, values).map { Condition($0, .equal($1)) }
            guard let query = batch.filters.query(expired: Filter(conditions), now: batch.now) else { continue }
            do throws(MongoFailure) {
                _ = try batch.collection.delete(query, all: true, maxTimeMilliseconds: maxTime)
            } catch { throw error.error(isWrite: true) }
        }
        return true
    }
}
