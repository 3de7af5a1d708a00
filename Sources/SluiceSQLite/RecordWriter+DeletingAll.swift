import SluiceBackend
import SluiceProtocol

extension RecordWriter {
    /// How many records one look for them names; more are found by another look.
    private static let rowsPerScan = 1 << 20
    /// How many records go in one transaction, so that no other write waits long for the disk.
    private static let rowsPerTransaction = 1_000

    /// Deletes every record that matches, in steps of bounded size.
    /// - Throws: what stopped it, with the detail `deleted`: how many went.
    func deleteAll(_ filter: Filter, deadline: MonotonicTime) throws(SluiceError) -> Int {
        try layout.rules.check(filter)
        var deleted = 0
        do throws(SluiceError) {
            while true {
                let rows = try rows(filter, deadline: deadline)
                for start in stride(from: 0, to: rows.count, by: Self.rowsPerTransaction) {
                    guard deadline > .now else { throw SluiceError(.deadlineExceeded, "the deadline passed between two steps") }
                    deleted += try delete(rows[start..<min(rows.count, start + Self.rowsPerTransaction)], filter)
                }
                if rows.count < Self.rowsPerScan { return deleted }
            }
        } catch {
            var counted = error
            counted.message += " (\(deleted) records were deleted before)"
            counted.details["deleted"] = .integer(Int64(deleted))
            throw counted
        }
    }

    private func rows(_ filter: Filter, deadline: MonotonicTime) throws(SluiceError) -> [Int64] {
        var rows: [Int64] = []
        try database.interrupting(at: deadline) { () throws(SluiceError) in
            try database.forEachRow(compiler.select("rowid", filter, limit: Self.rowsPerScan)) { row in
                rows.append(row.integer(at: 0))
                return true
            }
        }
        return rows
    }

    /// Deletes some rows in one transaction, each only if it still matches.
    private func delete(_ rows: ArraySlice<Int64>, _ filter: Filter) throws(SluiceError) -> Int {
        var deleted = 0
        try database.run("BEGIN IMMEDIATE")
        do throws(SluiceError) {
            let query = compiler.delete(filter)
            try database.withStatement(query.text) { statement throws(SluiceError) in
                statement.bind(query.values)
                for row in rows {
                    statement.bind(.integer(row), at: query.values.count)
                    try statement.step()
                    statement.rewind()
                    deleted += database.changedRecords
                }
            }
        } catch {
            if database.isInTransaction { try? database.run("ROLLBACK") }
            throw error
        }
        try database.commit()
        return deleted
    }
}
