import SluiceBackend
import SluiceProtocol

/// Runs single writes on one table, each with one changing statement, so that one that fails takes back nothing but itself. One for each
/// batch, on the connection's thread.
///
/// Only the statements that look for a record are interrupted at the deadline: a changing one would take the whole transaction with it.
final class RecordWriter {
    let database: SQLiteDatabase
    let layout: TableLayout
    let compiler: QueryCompiler
    private let connection: SQLiteConnection
    private let now: Timestamp

    /// A writer for one batch.
    init(_ connection: SQLiteConnection, _ layout: TableLayout) {
        self.connection = connection
        self.layout = layout
        database = connection.database
        now = connection.now
        compiler = QueryCompiler(layout, now: now.milliseconds)
    }

    /// A stored record and where it is.
    struct Found {
        let row: Int64
        let record: Document
    }

    /// Runs one write within the open transaction.
    func run(_ pending: PendingOperation) throws(SluiceError) -> OperationResult {
        switch pending.operation {
        case .create(let object, let isGenerated): return .record(try create(object, isGenerated: isGenerated))
        case .saveMany(let objects, let isGenerated): return .outcomes(try createEach(objects, isGenerated, deadline: pending.deadline))
        case .update(let object, let filter):
            let changes = try layout.rules.changes(in: object)
            guard let found = try find(filter, deadline: pending.deadline) else { throw SQLiteConnection.notFound }
            return .record(try update(found, changes))
        case .deleteOne(let filter):
            guard let row = try findRow(filter, deadline: pending.deadline) else { throw SQLiteConnection.notFound }
            try delete(row: row)
            return .done
        case .upsert(let object, let isGenerated): return .record(try upsert(object, isGenerated: isGenerated))
        case .replace(let object): return .record(try replace(object))
        case .getOne, .getAll, .count, .deleteAll, .explain, .define: preconditionFailure("a batch of writes holds single writes only")
        }
    }

    // MARK: creating

    private func create(_ object: Document, isGenerated: Bool) throws(SluiceError) -> Document {
        let record = try layout.rules.record(creating: object, isGenerated: isGenerated, now: now) { connection.ids.next(now: now) }
        do throws(SluiceError) { try insert(record) } catch {
            // A create that was sent before finds its own record, whichever index noticed first.
            guard error.code == .alreadyExists, isGenerated, case .scalar(.string(let id)) = record[name: "id"],
                let earlier = try connection.record(id: id, compiler, layout)
            else { throw error }
            return earlier
        }
        return record
    }

    private func createEach(
        _ objects: [Document], _ isGenerated: [Bool], deadline: MonotonicTime
    ) throws(SluiceError) -> [Result<Document, SluiceError>] {
        var outcomes: [Result<Document, SluiceError>] = []
        outcomes.reserveCapacity(objects.count)
        for (object, isGenerated) in zip(objects, isGenerated) {
            let outcome = Result { () throws(SluiceError) in
                try connection.checkDeadline(deadline)
                return try create(object, isGenerated: isGenerated)
            }
            if case .failure(let error) = outcome, !database.isInTransaction { throw error }
            outcomes.append(outcome)
        }
        return outcomes
    }

    // MARK: records by address

    private func upsert(_ object: Document, isGenerated: Bool) throws(SluiceError) -> Document {
        let changes = try layout.rules.changes(in: object, isGenerated: isGenerated && !layout.definition.isKeyedById)
        if let found = try find(try layout.rules.address(of: object, isGenerated: isGenerated)) { return try update(found, changes) }
        return try create(object, isGenerated: isGenerated)
    }

    private func replace(_ object: Document) throws(SluiceError) -> Document {
        let address = try layout.rules.address(of: object)
        guard !address.isEmpty else {
            throw .invalidInput("the object has neither 'id' nor the full key: it says not which record to replace")
        }
        guard let found = try find(address) else { throw SQLiteConnection.notFound }
        let record = try layout.rules.record(found.record, replacedBy: object)
        try store(record, at: found.row, changing: nil)
        return record
    }

    /// The record with an address.
    /// - Throws: `alreadyExists` when `id` and key belong to different ones.
    private func find(_ address: RecordRules.Address) throws(SluiceError) -> Found? {
        var byId: Found?
        if let id = address.id { byId = try find(Filter([Condition(.id, .equal(.string(id)))])) }
        guard let key = address.key else { return byId }
        var conditions: [Condition] = []
        for (field, value) in zip(layout.definition.keyFields, key) {
            conditions.append(Condition(try FieldPath(field.name), .equal(value)))
        }
        let byKey = try find(Filter(conditions))
        if let byId, let byKey, byId.row != byKey.row {
            throw SluiceError(
                .alreadyExists, "the 'id' and the key in the object belong to different records", details: ["reason": "collision"])
        }
        return byId ?? byKey
    }

    // MARK: updating

    private func update(_ found: Found, _ changes: RecordRules.Changes) throws(SluiceError) -> Document {
        let record = try layout.rules.record(found.record, applying: changes)
        try store(record, at: found.row, changing: changes.names)
        return record
    }

    private func find(_ filter: Filter, deadline: MonotonicTime = .distantFuture) throws(SluiceError) -> Found? {
        try layout.rules.check(filter)
        var found: Found?
        try database.interrupting(at: deadline) { () throws(SluiceError) in
            try database.forEachRow(compiler.select("rowid, \"body\"", filter, limit: 1)) { row throws(SluiceError) in
                found = Found(row: row.integer(at: 0), record: try connection.record(row, at: 1))
                return false
            }
        }
        return found
    }

    private func findRow(_ filter: Filter, deadline: MonotonicTime) throws(SluiceError) -> Int64? {
        try layout.rules.check(filter)
        var found: Int64?
        try database.interrupting(at: deadline) { () throws(SluiceError) in
            try database.forEachRow(compiler.select("rowid", filter, limit: 1)) { row in
                found = row.integer(at: 0)
                return false
            }
        }
        return found
    }
}
