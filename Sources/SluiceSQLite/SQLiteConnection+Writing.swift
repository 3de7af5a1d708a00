import SluiceBackend
import SluiceProtocol

extension SQLiteConnection {
    /// Runs writes in one transaction, so that one fsync serves all, and answers when it is on disk. `deleteAll` works in transactions of
    /// its own.
    func write(_ operations: [PendingOperation], _ layout: TableLayout) -> [Result<OperationResult, SluiceError>] {
        let writer = RecordWriter(self, layout)
        var batch = WriteBatch(database)
        var bytes = 0
        let end = MonotonicTime.now.advanced(milliseconds: Self.batchMilliseconds)
        for pending in operations {
            if bytes >= limits.maxBatchBytes || batch.isBroken { break }
            if case .deleteAll(let filter) = pending.operation {
                batch.commit()
                batch.add(
                    Result { () throws(SluiceError) in
                        try checkDeadline(pending.deadline)
                        return .count(try writer.deleteAll(filter, deadline: pending.deadline))
                    })
                batch.settle()
                continue
            }
            let result = Result { () throws(SluiceError) in
                try checkDeadline(pending.deadline)
                try batch.begin()
                return try writer.run(pending)
            }
            if case .success(let answer) = result { bytes += answer.byteCount }
            batch.add(result)
            if pending.operation.mayScan, end <= .now { break }
        }
        batch.commit()
        return batch.results
    }

    /// Deletes some expired records.
    func deleteExpired(_ layout: TableLayout) throws(SluiceError) -> Int {
        guard layout.expires else { return 0 }
        try database.withStatement(Self.expirySweepSQL(layout.table)) { statement throws(SluiceError) in
            statement.bind(.integer(now.milliseconds), at: 1)
            try statement.step()
        }
        return database.changedRecords
    }

    /// A statement of bounded work, so that no other write waits long for it. The parameter is the time now.
    static func expirySweepSQL(_ table: String) -> String {
        "DELETE FROM \(table) WHERE rowid IN (SELECT rowid FROM \(table) WHERE \"expires\" <= ? LIMIT 500)"
    }
}
