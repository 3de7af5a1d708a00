import SluiceBackend
import SluiceProtocol

extension MongoConnection {
    /// Answers reads: those that ask for one record each in one question for each field they ask by, identical ones once.
    func read(_ operations: [PendingOperation], _ batch: Batch) -> [Result<OperationResult, SluiceError>] {
        var points: [PointRead] = []
        for pending in operations {
            guard case .getOne(let filter) = pending.operation, let point = PointRead(filter, batch.repository) else { break }
            points.append(point)
        }
        // Anything else goes alone: the others come again.
        guard points.count > 1 else { return [Result { () throws(SluiceError) in try read(operations[0], batch) }] }
        var places: [FieldPath: [Int]] = [:]
        for (place, point) in points.enumerated() { places[point.field, default: []].append(place) }
        var results = [Result<OperationResult, SluiceError>?](repeating: nil, count: points.count)
        // The first request's field is asked by first, so that there is always an answer to it.
        for places in places.values.sorted(by: { $0[0] < $1[0] }) {
            let field = points[places[0]].field
            let answered = read(places.map { points[$0].text }, in: field, places.map { operations[$0] }, batch)
            for (place, result) in zip(places, answered) { results[place] = result }
            // Too many bytes: the rest comes again.
            if answered.count < places.count { break }
            // A server that is away for one is away for all: nobody waits for it once more.
            if case .failure(let error) = answered[0], error.code == .unavailable { return results.map { $0 ?? .failure(error) } }
        }
        return results.prefix { $0 != nil }.map { $0! }
    }

    private func read(_ pending: PendingOperation, _ batch: Batch) throws(SluiceError) -> OperationResult {
        let time = try pending.deadline.maxTimeMilliseconds()
        switch pending.operation {
        case .getOne(let filter):
            guard let record = try firstRecord(filter, batch, maxTime: time) else { throw Self.notFound }
            return .record(record)
        case .getAll(let query): return .page(try page(query, batch, maxTime: time))
        case .count(let filter):
            try batch.layout.rules.check(filter)
            guard let query = batch.filters.query(filter, now: batch.now) else { return .count(0) }
            do throws(MongoFailure) {
                return .count(try batch.collection.count(query, options: BSONWriter.document { Self.append(maxTime: time, to: &$0) }))
            } catch { throw error.error(isWrite: false) }
        case .explain(let query): return .explanation(try explanation(query, batch, maxTime: time))
        default: preconditionFailure("a batch of reads holds reads only")
        }
    }

    /// The error for a record that is not there.
    static var notFound: SluiceError { SluiceError(.notFound, "no record matches") }

    static func append(maxTime: UInt32, to writer: inout BSONWriter) {
        if maxTime > 0 { writer.int64("maxTimeMS", Int64(maxTime)) }
    }

    /// A record that matches.
    func firstRecord(_ filter: Filter, _ batch: Batch, maxTime: UInt32) throws(SluiceError) -> Document? {
        try batch.layout.rules.check(filter)
        guard let query = batch.filters.query(filter, now: batch.now) else { return nil }
        var record: Document?
        let options = BSONWriter.document { writer in
            // With a negative limit the server keeps no cursor.
            writer.int64("limit", 1)
            writer.boolean("singleBatch", true)
            Self.append(maxTime: maxTime, to: &writer)
        }
        try find(query, options, batch) { stored throws(SluiceError) in
            record = try batch.layout.record(stored)
            return false
        }
        return record
    }

    /// Calls `body` with what a query finds.
    func find(
        _ query: [UInt8], _ options: [UInt8], _ batch: Batch, bytes: Int? = nil,
        _ body: (UnsafeRawBufferPointer) throws(SluiceError) -> Bool
    ) throws(SluiceError) {
        do throws(MongoReadFailure) { try batch.collection.find(query, options: options, bytes: bytes, body) } catch {
            throw error.error(isWrite: false)
        }
    }

    // MARK: point reads

    /// One question for many records, each by its own text in a field that no two share. The server may work on it until the last deadline:
    /// whoever waits for less is answered by the daemon's own timer.
    private func read(
        _ texts: [ArraySlice<UInt8>], in field: FieldPath, _ operations: [PendingOperation], _ batch: Batch
    ) -> [Result<OperationResult, SluiceError>] {
        let now = MonotonicTime.now
        let inTime = zip(texts, operations).filter { $1.deadline > now }.map { ExactBytes($0.0) }
        do throws(SluiceError) {
            let latest = operations.map(\.deadline).max()!
            var found: [ExactBytes: Document] = [:]
            let isComplete = try fetch(Array(Set(inTime)), in: field, batch, maxTime: try latest.maxTimeMilliseconds(), into: &found)
            // More bytes than one batch may have: what came answers those before the first that did not.
            let answered =
                isComplete ? texts.count : zip(texts, operations).prefix { $1.deadline <= now || found[ExactBytes($0)] != nil }.count
            if answered == 0 { return [Result { () throws(SluiceError) in try read(operations[0], batch) }] }
            return zip(texts, operations).prefix(answered).map { text, pending in
                guard pending.deadline > now else { return .failure(.tooLateToStart) }
                return found[ExactBytes(text)].map { .success(.record($0)) } ?? .failure(Self.notFound)
            }
        } catch {
            guard error.code == .backendError else { return operations.map { _ in .failure(error) } }
            // It may be about one of the records alone, which then must not be the others' answer.
            return operations.map { pending in Result { () throws(SluiceError) in try read(pending, batch) } }
        }
    }

    /// - Returns: whether all that is there was read.
    private func fetch(
        _ texts: [ExactBytes], in field: FieldPath, _ batch: Batch, maxTime: UInt32,
        into found: inout [ExactBytes: Document]
    ) throws(SluiceError) -> Bool {
        let filter = Filter([Condition(field, .isIn(texts.map { .string($0.bytes) }))])
        guard let query = batch.filters.query(filter, now: batch.now) else { return true }
        var records: [ExactBytes: Document] = [:]
        var bytes = 0
        let options = BSONWriter.document { writer in
            writer.int64("batchSize", Int64(texts.count + 1))
            Self.append(maxTime: maxTime, to: &writer)
        }
        try find(query, options, batch) { stored throws(SluiceError) in
            let record = try batch.layout.record(stored)
            if case .scalar(.string(let text)) = record[field] { records[ExactBytes(text)] = record }
            bytes += record.bytes.count
            return bytes < limits.maxBatchBytes
        }
        found = records
        return bytes < limits.maxBatchBytes
    }
}
