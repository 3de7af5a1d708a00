import SluiceBackend
import SluiceProtocol

extension SQLiteConnection {
    /// Answers reads one after the other, all from one snapshot, identical ones once.
    func read(_ operations: [PendingOperation], _ layout: TableLayout) -> [Result<OperationResult, SluiceError>] {
        let compiler = QueryCompiler(layout, now: now.milliseconds)
        var results: [Result<OperationResult, SluiceError>] = []
        results.reserveCapacity(operations.count)
        var answers = SharedAnswers()
        var bytes = 0
        let end = MonotonicTime.now.advanced(milliseconds: Self.batchMilliseconds)
        for pending in operations {
            if bytes >= limits.maxBatchBytes { break }
            let result = Result { () throws(SluiceError) in
                guard operations.count > 1 else { return try read(pending, compiler, layout, isAlone: true) }
                if let answer = answers[pending.operation] {
                    try checkDeadline(pending.deadline)
                    return answer
                }
                let answer = try read(pending, compiler, layout, isAlone: false)
                answers[pending.operation] = answer
                return answer
            }
            if case .success(let answer) = result { bytes += answer.byteCount }
            results.append(result)
            if pending.operation.mayScan, end <= .now { break }
        }
        endSnapshot()
        return results
    }

    private func read(
        _ pending: PendingOperation, _ compiler: QueryCompiler, _ layout: TableLayout, isAlone: Bool
    ) throws(SluiceError) -> OperationResult {
        try checkDeadline(pending.deadline)
        return try database.interrupting(at: pending.deadline) { () throws(SluiceError) in
            if !isAlone { try beginSnapshot() }
            switch pending.operation {
            case .getOne(let filter):
                guard let record = try firstRecord(filter, compiler, layout) else { throw Self.notFound }
                return .record(record)
            case .getAll(let query):
                try beginSnapshot()
                return .page(try page(query, compiler, layout))
            case .count(let filter):
                try layout.rules.check(filter)
                return .count(try count(filter, compiler))
            case .explain(let query): return .explanation(try explanation(query, compiler, layout))
            default: preconditionFailure("a batch of reads holds reads only")
            }
        }
    }

    /// The error for a record that is not there.
    static var notFound: SluiceError { SluiceError(.notFound, "no record matches") }

    /// - Throws: `deadlineExceeded` when it is too late to start.
    func checkDeadline(_ deadline: MonotonicTime) throws(SluiceError) {
        guard deadline != .distantFuture, deadline <= .now else { return }
        throw SluiceError(.deadlineExceeded, "the deadline passed before the engine began")
    }

    // MARK: snapshots

    /// A transaction over several statements: one state of the file for all, and its locks are taken once.
    private func beginSnapshot() throws(SluiceError) {
        guard !database.isInTransaction else { return }
        try database.run("BEGIN")
    }

    private func endSnapshot() {
        guard database.isInTransaction else { return }
        // Nothing was written, so that nothing can fail but memory; the next batch would find the transaction and end it.
        try? database.run("COMMIT")
    }

    // MARK: questions

    private func firstRecord(_ filter: Filter, _ compiler: QueryCompiler, _ layout: TableLayout) throws(SluiceError) -> Document? {
        if let id = filter.soleId { return try record(id: id, compiler, layout) }
        try layout.rules.check(filter)
        var record: Document?
        try database.forEachRow(compiler.select("\"body\"", filter, limit: 1)) { row throws(SluiceError) in
            record = try self.record(row, at: 0)
            return false
        }
        return record
    }

    /// The record with an id, by the shortest way.
    func record(id: ArraySlice<UInt8>, _ compiler: QueryCompiler, _ layout: TableLayout) throws(SluiceError) -> Document? {
        try database.withStatement(layout.pointReadSQL) { statement throws(SluiceError) in
            try id.withBytes { utf8 throws(SluiceError) in
                statement.bind(staticText: utf8, at: 1)
                if layout.expires { statement.bind(.integer(compiler.now), at: 2) }
                return try statement.step() ? try record(statement, at: 0) : nil
            }
        }
    }

    private func count(_ filter: Filter, _ compiler: QueryCompiler) throws(SluiceError) -> Int {
        var count = 0
        try database.forEachRow(compiler.select("count(*)", filter)) { row in
            count = Int(row.integer(at: 0))
            return false
        }
        return count
    }

    /// The records of one part: as many as are asked for and fit.
    private func page(_ query: RecordQuery, _ compiler: QueryCompiler, _ layout: TableLayout) throws(SluiceError) -> RecordPage {
        try layout.rules.check(query.filter)
        let wanted = min(query.pageSize ?? query.limit ?? limits.maxPageSize, limits.maxPageSize)
        let sorts = compiler.sorts(query)
        let partBytes = sorts ? limits.sortedPartBytes : limits.resultPartBytes
        var page = PageCollector(wanted: wanted, maxBytes: min(partBytes, limits.maxRecordBytes))
        // One more than wanted tells whether anything is behind. Where the engine must sort, it sorts row numbers instead of whole records.
        var rows: [Int64] = []
        for statement in try compiler.pages(sorts ? "rowid" : "\"body\"", query, limit: wanted + 1) where !page.isFull {
            try database.forEachRow(statement) { row throws(SluiceError) in
                if sorts { rows.append(row.integer(at: 0)) } else { try row.add(to: &page) }
                return !page.isFull
            }
        }
        for row in rows where !page.isFull {
            try database.withStatement("SELECT \"body\" FROM \(layout.table) WHERE rowid = ?") { statement throws(SluiceError) in
                statement.bind(.integer(row), at: 1)
                if try statement.step() { try statement.add(to: &page) }
            }
        }
        return page.finished { PageOrder(query.order).token(of: $0, order: query.order) }
    }

    /// A record from its stored text.
    func record(_ row: SQLiteStatement, at column: Int) throws(SluiceError) -> Document {
        try row.withText(at: column) { body throws(SluiceError) in
            var writer = MessagePackWriter()
            writer.bytes.reserveCapacity(body.count)
            try StoredBody.transcode(body, to: &writer)
            return Document(trusted: writer.bytes[...])
        }
    }
}

extension SQLiteStatement {
    /// Gives a row's text to a part.
    fileprivate func add(to page: inout PageCollector) throws(SluiceError) {
        try withText(at: 0) { body throws(SluiceError) in try page.add(json: body) }
    }
}

extension Filter {
    /// The id that is all it asks for.
    var soleId: ArraySlice<UInt8>? {
        guard conditions.count == 1, conditions[0].field == .id, case .equal(.string(let id)) = conditions[0].test else { return nil }
        return id
    }
}

extension RepositoryOperation {
    /// Whether it looks for its record by more than the id: that may take as long as the table is large, not microseconds.
    var mayScan: Bool {
        switch self {
        case .getOne(let filter), .update(_, let filter), .deleteOne(let filter): filter.soleId == nil
        default: false
        }
    }
}
